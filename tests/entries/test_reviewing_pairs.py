"""The nightly look at open pairs of texts: what later submissions and papers explain goes, what is judged stays."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.contests.services import add_attachment
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.job_schedule import ask_for_due
from contest_portal.core.models import Job
from contest_portal.entries.likeness_models import EntryContent, LikenessPair
from contest_portal.entries.models import Entry
from contest_portal.entries.services import reviewing_pairs
from contest_portal.entries.services.alike_texts import compared_texts
from contest_portal.entries.services.likeness import find_pairs
from contest_portal.entries.services.reviewing_pairs import review_open_pairs
from contest_portal.entries.services.verdicts import judge_pair
from contest_portal.media.services.fingerprints import fingerprint_of_words
from tests.entries.entry_factories import Place, make_place
from tests.entries.likeness_factories import prose, report, submitted_plain
from tests.factories import made, make_school

pytestmark = pytest.mark.database

FORM = prose(500, 400)


def pairs() -> list[LikenessPair]:
    db.session.rollback()
    return list(db.session.scalars(select(LikenessPair).order_by(LikenessPair.id)))


class Desk:
    """Where texts come in one after another, each of the next of four schools."""

    def __init__(self) -> None:
        self.place: Place = make_place()
        self.schools = [make_school(self.place.office, f"第{number}小学") for number in range(4)]
        self.taken = 0

    def take(self, words: str) -> Entry:
        """An entry with this text, compared as after its submission."""
        entry = submitted_plain(self.place)
        entry.school_id = self.schools[self.taken % 4].id
        self.taken += 1
        db.session.commit()
        content = {"kind": "text", "slot_code": "application", "file_name": "申报书.pdf", "entry_version": 1}
        row = EntryContent(office_id=entry.contest.office_id, fingerprint_id=fingerprint_of_words(words), **content)
        row.entry_id = entry.id
        made(row)
        find_pairs(entry.id)
        return entry

    def filled_in(self, seed: int, own: str = "") -> Entry:
        """An entry that fills the form in."""
        return self.take(FORM[:200] + prose(seed, 300) + own + FORM[200:])


def test_pairs_that_later_submissions_explain_are_withdrawn(app: Flask) -> None:
    desk = Desk()
    for seed in range(13):
        desk.take(prose(seed, 300))  # so many that nothing is looked at again when the next comes in
    for seed in range(100, 108):
        desk.filled_in(seed)
    before = {pair.id for pair in pairs()}
    assert before, "at first nobody can know that it is a form"
    review_open_pairs({})
    assert pairs() == []


def test_of_a_pair_only_what_is_copied_is_left_once_the_office_has_published_its_form(app: Flask) -> None:
    desk = Desk()
    copied = prose(900, 300)
    first, second = desk.filled_in(1, copied), desk.filled_in(2, copied)
    (pair,) = pairs()
    with_form = sum(passage["length"] for passage in pair.details["passages"])
    _publish_form(desk.place)
    review_open_pairs({})
    (pair,) = pairs()
    assert {pair.entry_a_id, pair.entry_b_id} == {first.id, second.id}
    assert with_form == pytest.approx(700, abs=40)
    assert sum(passage["length"] for passage in pair.details["passages"]) == pytest.approx(300, abs=40)


def test_what_a_person_judged_stays(app: Flask) -> None:
    desk = Desk()
    desk.filled_in(1)
    desk.filled_in(2)
    (pair,) = pairs()
    judge_pair(desk.place.staff, pair.id, "open", "copied", "两份申报书写法一致。")
    kept = pair.score, pair.details
    _publish_form(desk.place)
    review_open_pairs({})
    (pair,) = pairs()
    assert (pair.state, pair.score, pair.details) == ("copied", *kept)


def test_a_verdict_given_while_a_pair_is_compared_stays(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    desk.filled_in(1)
    desk.filled_in(2)
    (pair,) = pairs()
    _publish_form(desk.place)

    def judged_meanwhile(a: EntryContent, b: EntryContent, forms: dict[int, frozenset[int]]) -> object:
        found = compared_texts(a, b, forms)
        judge_pair(desk.place.staff, pair.id, "open", "copied", "两份申报书写法一致。")
        return found

    monkeypatch.setattr(reviewing_pairs, "compared_texts", judged_meanwhile)
    review_open_pairs({})
    assert [one.state for one in pairs()] == ["copied"]


def test_it_comes_by_itself_once_a_day(app: Flask, clock: MovingClock) -> None:
    del clock
    ask_for_due()
    rows = db.session.scalars(select(Job).where(Job.kind == "entries.review_open_pairs")).all()
    assert len(rows) == 1


def _publish_form(place: Place) -> None:
    blank = io.BytesIO(report(FORM))
    add_attachment(place.staff, place.contest.id, kind="blank_form", title="", file_name="空白表.pdf", stream=blank)

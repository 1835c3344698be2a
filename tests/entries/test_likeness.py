"""Likeness between entries: what is found after a submission, of whose, and how a verdict stays."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from contest_portal.contests.services import add_attachment
from contest_portal.core import audit
from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock, end_of_day, today
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, Stale
from contest_portal.core.jobs import run_all
from contest_portal.core.models import Job
from contest_portal.entries.cli_likeness import media_group
from contest_portal.entries.likeness_models import EntryContent, LikenessPair
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.services import alike_texts
from contest_portal.entries.services.drafts import save_draft
from contest_portal.entries.services.files import add_file
from contest_portal.entries.services.likeness import find_pairs, look_for_likeness
from contest_portal.entries.services.screening import Seen, accept_entries, return_entry
from contest_portal.entries.services.submission import submit_entry
from contest_portal.entries.services.verdicts import judge_pair
from contest_portal.media.likeness import searching
from contest_portal.media.models import Fingerprint
from contest_portal.media.services.fingerprints import fingerprint_of_words
from contest_portal.people.models import Office
from tests.entries.entry_factories import Place, make_painting, make_place, painting_input, received
from tests.entries.likeness_factories import (
    as_jpeg,
    compare_waiting,
    cropped,
    made_pair,
    painting,
    prose,
    report,
    submit_painting,
    submit_project,
)
from tests.factories import made, make_account, make_contest, make_office, make_school


@dataclass
class Running:
    """What the command line hands to its commands."""

    app: Flask


def pairs() -> list[LikenessPair]:
    db.session.rollback()
    return list(db.session.scalars(select(LikenessPair).order_by(LikenessPair.id)))


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def two_alike(place: Place) -> LikenessPair:
    """Two paintings of the place of which the second is cut from the first, compared."""
    submit_painting(place, as_jpeg(painting(1)))
    submit_painting(place, as_jpeg(cropped(painting(1)), quality=50))
    compare_waiting()
    return pairs()[0]


# --- Pictures ---------------------------------------------------------------------------------------------------------


def test_a_cropped_copy_is_found_after_its_submission_and_other_paintings_are_not(app: Flask) -> None:
    place = make_place()
    first = submit_painting(place, as_jpeg(painting(1)))
    submit_painting(place, as_jpeg(painting(2)))
    copy = submit_painting(place, as_jpeg(cropped(painting(1)), quality=50))
    run_all()
    [pair] = pairs()
    assert (pair.entry_a_id, pair.entry_b_id, pair.kind, pair.state) == (copy.id, first.id, "picture", "open")
    assert (pair.office_id, pair.estimate) == (place.office.id, "same")
    assert audit.verify(db.session)[1] is None


def test_an_earlier_editions_painting_is_found_though_another_school_sends_it(app: Flask, clock: MovingClock) -> None:
    place = make_place()
    before = submit_painting(place, as_jpeg(painting(1)))
    compare_waiting()
    clock.advance(days=10)
    place.contest = make_contest(place.office, year=2019)
    again = submit_painting(place, as_jpeg(painting(1), quality=40), school=make_school(place.office, "东街小学"))
    compare_waiting()
    [pair] = pairs()
    assert (pair.entry_a_id, pair.entry_b_id) == (again.id, before.id)


def test_the_same_file_in_two_entries_is_a_pair(app: Flask) -> None:
    place = make_place()
    picture = as_jpeg(painting(1))
    submit_painting(place, picture)
    submit_painting(place, picture)
    compare_waiting()
    [pair] = pairs()
    assert (pair.score, pair.details["identical"]) == (1.0, True)
    assert count(Fingerprint) == 3  # one for the picture, two for the words


def test_offices_are_not_compared_with_each_other(app: Flask) -> None:
    picture = as_jpeg(painting(1))
    here = make_place()
    submit_painting(here, picture)
    here.contest = make_contest(make_office("临泽县科学技术协会"))
    here.school = make_school(db.session.get_one(Office, here.contest.office_id), "临泽小学")
    submit_painting(here, picture)
    compare_waiting()
    assert count(EntryContent) == 4
    assert pairs() == []


def test_drafts_and_practice_are_not_compared(app: Flask) -> None:
    place = make_place()
    make_painting(place)
    place.contest = make_contest(place.office, is_practice=True, name="练习")
    submit_painting(place, as_jpeg(painting(1)))
    compare_waiting()
    assert count(EntryContent) == 0


def test_the_job_done_twice_leaves_one_result(app: Flask) -> None:
    place = make_place()
    pair = two_alike(place)
    contents, fingerprints = count(EntryContent), count(Fingerprint)
    look_for_likeness({"entry_id": pair.entry_a_id})
    look_for_likeness({"entry_id": pair.entry_b_id})
    assert [one.id for one in pairs()] == [pair.id]
    assert (count(EntryContent), count(Fingerprint)) == (contents, fingerprints)


# --- Texts ------------------------------------------------------------------------------------------------------------


def test_a_copied_part_of_a_report_is_found_with_its_share_and_its_page(app: Flask) -> None:
    place = make_place()
    original = prose(1, 3_000)
    first = submit_project(place, original)
    submit_project(place, prose(2, 3_000))
    copied = original[800:1_800]
    copy = submit_project(place, prose(3, 3_000) + copied + prose(4, 500), school=make_school(place.office, "东街小学"))
    compare_waiting()
    [pair] = pairs()
    assert (pair.entry_a_id, pair.entry_b_id, pair.kind) == (copy.id, first.id, "text")
    assert (pair.details["share_a"], pair.details["share_b"]) == pytest.approx((1_000 / 4_500, 1_000 / 3_000), abs=0.03)
    [passage] = pair.details["passages"]
    assert "".join(passage["a"].split()) in copied
    assert (passage["page_a"], passage["page_b"]) == (2, 1)


def test_what_a_form_prints_is_no_likeness(app: Flask) -> None:
    place = make_place()
    schools = [place.school, *(make_school(place.office, f"第{n}小学") for n in range(3))]
    form = prose(500, 400)
    for number in range(8):
        half = len(form) // 2
        text = form[:half] + prose(number, 700) + form[half:] + prose(number + 50, 500)
        submit_project(place, text, school=schools[number % 4])
    compare_waiting()
    assert pairs() == []


def test_what_the_offices_own_blank_form_prints_is_no_likeness_from_the_first_entry_on(app: Flask) -> None:
    place = make_place()
    form, copied = prose(500, 400), prose(900, 300)
    for number, own in ((1, ""), (2, ""), (3, copied), (4, copied)):
        submit_project(place, form + prose(number, 500) + own, school=make_school(place.office, f"学校{number}"))
    compare_waiting()
    assert len(pairs()) > 1, "nobody can know yet what is printed"
    blank = io.BytesIO(report(form))
    add_attachment(place.staff, place.contest.id, kind="blank_form", title="", file_name="空白表.pdf", stream=blank)
    for entry_id in sorted({pair.entry_a_id for pair in pairs()} | {pair.entry_b_id for pair in pairs()}):
        look_for_likeness({"entry_id": entry_id})
    (pair,) = pairs()
    assert sum(passage["length"] for passage in pair.details["passages"]) == pytest.approx(300, abs=40)


def test_a_form_that_serves_several_categories_is_known_though_each_has_few_entries(app: Flask) -> None:
    place = make_place()
    form = prose(500, 400)
    entries = [
        submit_painting(place, as_jpeg(painting(number)), school=make_school(place.office, f"学校{number}"))
        for number in range(6)
    ]
    for entry in entries[::2]:
        entry.category_id = place.category("CG").id
    db.session.commit()
    for number, entry in enumerate(entries):
        words = form[:200] + prose(number, 300) + form[200:]
        content = {"kind": "text", "slot_code": "application", "file_name": "申报书.pdf", "entry_version": 1}
        fingerprint_id = fingerprint_of_words(words)
        row = EntryContent(entry_id=entry.id, office_id=place.office.id, fingerprint_id=fingerprint_id, **content)
        made(row)
    for entry in entries:
        find_pairs(entry.id)
    assert not pairs()


def test_likeness_beyond_a_forms_words_is_still_found(app: Flask) -> None:
    place = make_place()
    schools = [place.school, *(make_school(place.office, f"第{n}小学") for n in range(3))]
    form, copied = prose(500, 400), prose(900, 300)
    for number in range(8):
        own = copied if number in {2, 7} else prose(number + 50, 300)
        submit_project(place, form + prose(number, 700) + own, school=schools[number % 4])
    compare_waiting()
    [pair] = pairs()
    assert pair.details["share_a"] == pytest.approx(300 / 1_000, abs=0.05)


def test_the_words_typed_into_the_form_are_compared_too(app: Flask) -> None:
    place = make_place()
    words = prose(7, 120)
    submit_painting(place, as_jpeg(painting(1)), summary=words)
    submit_painting(place, as_jpeg(painting(2)), summary=f"我们的画：{words}")
    compare_waiting()
    [pair] = pairs()
    assert (pair.kind, pair.content_a.blob_id, pair.content_a.file_name) == ("text", None, "")


# --- Verdicts ---------------------------------------------------------------------------------------------------------


def test_a_verdict_stays_whatever_is_compared_again(app: Flask) -> None:
    place = make_place()
    pair = two_alike(place)
    judge_pair(place.staff, pair.id, "open", "coincidence", "题材相同，画法不同")
    look_for_likeness({"entry_id": pair.entry_a_id})
    submit_painting(place, as_jpeg(painting(3)))
    compare_waiting()
    [found] = pairs()
    assert (found.state, found.words, found.judged_by) == ("coincidence", "题材相同，画法不同", place.staff.account_id)


def test_a_new_version_makes_a_new_pair_only_for_new_content(app: Flask) -> None:
    place = make_place()
    pair = two_alike(place)
    judge_pair(place.staff, pair.id, "open", "same_work", "")
    manager, entry_id = make_account("school_manager", school=place.school), pair.entry_a_id

    def resubmit() -> None:
        entry = entry_by_id(entry_id)
        submit_entry(manager, entry_id, entry.version)
        compare_waiting()

    entry = entry_by_id(entry_id)
    pupil = entry.authors[0].student
    assert pupil is not None
    save_draft(manager, entry_id, entry.version, painting_input(pupil, title="换了题目", summary=entry.summary))
    resubmit()
    assert [one.state for one in pairs()] == ["same_work"]
    add_file(manager, entry_id, "painting", received(as_jpeg(cropped(painting(1)), quality=60), "新扫描.jpg"))
    resubmit()
    assert [one.state for one in pairs()] == ["same_work", "open"]


def test_an_open_pair_goes_when_the_picture_is_replaced_by_another(app: Flask) -> None:
    place = make_place()
    pair = two_alike(place)
    manager = make_account("school_manager", school=place.school)
    add_file(manager, pair.entry_a_id, "painting", received(as_jpeg(painting(5)), "自己的画.jpg"))
    submit_entry(manager, pair.entry_a_id, entry_by_id(pair.entry_a_id).version)
    compare_waiting()
    assert pairs() == []


def test_of_two_who_judge_the_second_is_told_who_was_first(app: Flask) -> None:
    place = make_place()
    pair = made_pair(place)
    judge_pair(place.staff, pair.id, "open", "copied", "构图、用色与 2018 年作品一致")
    with pytest.raises(Stale, match="科协小赵已于 2018-03-01 09:00 将这一对认定为「抄袭」"):
        judge_pair(make_account(Role.OFFICE, office=place.office), pair.id, "open", "coincidence", "")
    judge_pair(place.staff, pair.id, "copied", "coincidence", "复核后更正")
    assert pairs()[0].state == "coincidence"


@pytest.mark.parametrize(
    ("verdict", "words", "field"),
    [("copied", " ", "words"), ("open", "", "verdict"), ("same_work", "长" * 501, "words")],
)
def test_a_verdict_needs_what_it_stands_on(app: Flask, verdict: str, words: str, field: str) -> None:
    place = make_place()
    pair = made_pair(place)
    with pytest.raises(Invalid) as refused:
        judge_pair(place.staff, pair.id, "open", verdict, words)
    assert refused.value.problems[0].field == field
    assert pairs()[0].state == "open"


def test_one_verdict_may_hold_for_all_that_two_entries_share(app: Flask) -> None:
    place = make_place()
    words = prose(7, 120)
    submit_painting(place, as_jpeg(painting(1)), summary=words)
    submit_painting(place, as_jpeg(cropped(painting(1))), summary=words)
    compare_waiting()
    one, other = pairs()
    judge_pair(place.staff, one.id, "open", "same_work", "", with_others=True)
    assert {pair.state for pair in pairs()} == {"same_work"}
    assert {one.kind, other.kind} == {"picture", "text"}


def test_an_entry_with_an_open_pair_is_not_accepted_among_many(app: Flask) -> None:
    place = make_place()
    pair = made_pair(place)
    chosen = [(pair.entry_a_id, Seen(1))]
    [outcome] = accept_entries(place.staff, place.category("KH").id, chosen)
    assert "1 处与其他作品相似" in str(outcome.refusal)
    judge_pair(place.staff, pair.id, "open", "coincidence", "")
    [outcome] = accept_entries(place.staff, place.category("KH").id, chosen)
    assert outcome.refusal is None


def test_each_submitted_version_is_compared_once(app: Flask) -> None:
    place = make_place()
    entry = submit_painting(place, as_jpeg(painting(1)))
    return_entry(place.staff, entry.id, Seen(1), ["缺件"], "", end_of_day(today()))
    manager = make_account("school_manager", school=place.school)
    submit_entry(manager, entry.id, entry_by_id(entry.id).version)
    keys = db.session.scalars(select(Job.key).where(Job.kind == "entries.likeness").order_by(Job.id)).all()
    assert keys == [f"likeness-{entry.id}-1", f"likeness-{entry.id}-2"]


def command(app: Flask, *arguments: str) -> str:
    """What `contest-portal media …` says."""
    found = CliRunner().invoke(media_group, list(arguments), obj=Running(app))
    assert found.exit_code == 0, found.output
    return found.output


def test_what_was_there_before_is_compared_by_a_command(app: Flask) -> None:
    place = make_place()
    submit_painting(place, as_jpeg(painting(1)))
    submit_painting(place, as_jpeg(cropped(painting(1))))
    assert "需要处理 2 件作品" in command(app, "likeness")
    [pair] = pairs()
    assert "需要处理 0 件作品" in command(app, "likeness")
    judge_pair(place.staff, pair.id, "open", "same_work", "")
    assert "需要处理 2 件作品" in command(app, "likeness", "--rebuild")
    assert [(one.id, one.state) for one in pairs()] == [(pair.id, "same_work")]


@pytest.mark.parametrize("kind", ["picture", "text"])
def test_nothing_is_held_open_while_contents_are_compared(
    app: Flask, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    place, seen = make_place(), list[bool]()
    if kind == "picture":
        submit_painting(place, as_jpeg(painting(1)))
        submit_painting(place, as_jpeg(cropped(painting(1)), quality=50))
        module, name = searching, "compare"
    else:
        submit_project(place, prose(1, 3_000))
        submit_project(place, prose(1, 3_000)[:1_500] + prose(2, 1_500))
        module, name = alike_texts, "compare_texts"
    compare = getattr(module, name)

    def watched(*contents: object, **options: object) -> object:
        seen.append(db.session().in_transaction())
        return compare(*contents, **options)

    monkeypatch.setattr(module, name, watched)
    compare_waiting()
    assert seen
    assert not any(seen)
    assert len(pairs()) == 1

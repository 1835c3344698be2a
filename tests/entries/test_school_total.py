"""How many works one school may submit in all categories together: set by the office, told before, held at submission."""

from __future__ import annotations

import re
import threading
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contest_portal.contests.rules import SchoolQuota
from contest_portal.contests.services.editing import change_settings
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid
from contest_portal.entries.models import Entry
from contest_portal.entries.services.submission import submit_entry
from tests.entries.entry_factories import Place, make_painting
from tests.entries.likeness_factories import submitted_plain
from tests.factories import make_school, sign_in

pytestmark = pytest.mark.database


@pytest.fixture
def place(place: Place) -> Place:
    """Two works a school; the categories themselves are not limited. One work of another category stands already."""
    for category in place.contest.categories:
        category.rules_document = replace(category.rules, school_quota=None).to_dict()
    place.contest.school_total = 2
    db.session.commit()
    other = submitted_plain(place)
    other.category_id = place.category("CG").id
    db.session.commit()
    return place


def refusal(place: Place) -> str:
    with pytest.raises(Invalid) as caught:
        submitted_plain(place)
    db.session.rollback()
    return "；".join(str(problem.message) for problem in caught.value.problems)


def test_works_of_all_categories_count_and_a_withdrawn_one_does_not(place: Place) -> None:
    entry = submitted_plain(place)
    assert "合计已提交 2 件，最多 2 件" in refusal(place)
    assert submitted_plain(replace(place, school=make_school(place.office, "东关小学"))).state == "submitted"
    entry.state = "withdrawn"
    db.session.commit()
    assert submitted_plain(place).state == "submitted"


def test_of_two_at_the_same_moment_one_comes_in(app: Flask, place: Place) -> None:
    drafts = [(entry.id, entry.version) for entry in (make_painting(place, title=f"画{n}") for n in (1, 2))]
    teacher, school_id = place.teacher, place.school.id
    db.session.remove()
    barrier, outcomes = threading.Barrier(2), []

    def run(entry_id: int, version: int) -> None:
        with app.app_context():
            barrier.wait(30)
            try:
                submit_entry(teacher, entry_id, version)
                outcomes.append("in")
            except Invalid:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=task) for task in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["in", "refused"]
    standing = select(func.count(Entry.id)).where(Entry.school_id == school_id, Entry.state == "submitted")
    assert db.session.scalar(standing) == 2


def test_the_office_sets_it_and_the_school_reads_it_before(place: Place, client: FlaskClient) -> None:
    contest = place.contest
    change_settings(
        place.staff,
        contest.id,
        contest.version,
        name=contest.name,
        number_prefix=contest.number_prefix,
        number_pattern=contest.number_pattern,
        return_reasons=contest.return_reasons,
        school_total=3,
    )
    sign_in(client, place.teacher)
    for address in ("/entries/new", f"/entries/new/{place.category('KH').id}"):
        assert "每校各类别合计最多 3 件：本校已提交 1 件，还可提交 2 件" in client.get(address).text
    sign_in(client, place.staff)
    assert 'name="school_total"' in client.get(f"/office/contests/{contest.id}/settings").text
    assert "最多 3 件" in client.get(f"/office/contests/{contest.id}").text


@pytest.mark.parametrize(("total", "told"), [(2, "本校还可提交 1 件"), (1, "名额已用完")])
def test_no_category_promises_more_than_the_total_leaves(
    place: Place, client: FlaskClient, total: int, told: str
) -> None:
    place.contest.school_total = total
    limited = place.category("KH")
    limited.rules_document = replace(limited.rules, school_quota=SchoolQuota(9)).to_dict()
    db.session.commit()
    sign_in(client, place.teacher)
    shown = client.get("/entries/new").text
    places = [one.split("</", 1)[0] for one in re.findall(r"本校还可提交[^<]*|名额已用完|不限名额", shown)]
    assert len(places) == len(place.contest.categories)
    assert {re.sub("[件项幅个]", "件", one) for one in places} == {told}
    needs = client.get(f"/entries/new/{place.category('KH').id}").text
    assert f"还可提交 {total - 1} " in needs.split("申报要求", 1)[1]

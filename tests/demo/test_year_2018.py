"""The year 2018 as the command builds it, against the office's published numbers (tests/published/contest_2018.json)."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from pathlib import Path

import av
import pypdfium2
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from contest_portal.contests.models import Category, Contest
from contest_portal.core.audit import verify
from contest_portal.core.database import db
from contest_portal.core.models import AuditHead
from contest_portal.core.storage import storage
from contest_portal.entries.models import Entry, EntryFile, ScreeningDecision
from contest_portal.judging.models import Assignment, Judge, Round, ScoreSheet
from contest_portal.media.models import Blob
from contest_portal.people.models import RosterImport, School, Student, Teacher
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.publishing.models import Publication
from contest_portal.results.records.models import Participation
from tests.conftest import ON_POSTGRESQL
from tests.demo.builds import PUBLISHED, command, count

pytestmark = [
    pytest.mark.xdist_group("demo"),  # built once, by one worker
    pytest.mark.skipif(ON_POSTGRESQL, reason="the whole year is built once, on SQLite"),
]


@pytest.fixture(scope="module")
def contest(year: Flask) -> int:
    """The id of the contest that the sentence is about."""
    return db.session.scalars(select(Contest.id).where(Contest.name == PUBLISHED["contest"])).one()


def report(instance: Path) -> dict[str, object]:
    plain: dict[str, object] = json.loads(command(instance, "report", "2018", "--json"))
    return plain


def test_the_report_gives_the_published_figures(built: tuple[Path, str]) -> None:
    found = report(built[0])
    for figure, published in PUBLISHED.items():
        assert found[figure] == published, f"{figure} differs"


def test_the_command_says_the_sentence_the_table_and_where_to_sign_in(built: tuple[Path, str]) -> None:
    said = built[1]
    assert PUBLISHED["sentence"] in said
    [sums] = [line.split() for line in said.splitlines() if line.startswith("合计")]
    assert sums == ["合计", str(PUBLISHED["sum"]["collected"]), str(PUBLISHED["sum"]["recommended"])]
    for category in PUBLISHED["categories"]:
        assert f"{category['name']}({category['measure']})" in said
    for role in ("科协工作人员", "科协领导", "监督员", "学校管理员", "教师", "评委"):
        assert f"  {role}  " in said


def test_there_are_schools_people_and_head_counts_as_in_2018(year: Flask, contest: int) -> None:
    assert 44 <= count(School) <= 47
    names = set(db.session.scalars(select(School.name)))
    assert set(PUBLISHED["schools_named"]) <= names
    assert 5_900 <= count(Student) <= 6_100
    assert 590 <= count(Teacher) <= 610
    assert count(Judge) == 24
    people = select(func.sum(Participation.students + Participation.teachers))
    assert 18_600 <= (db.session.scalar(people.where(Participation.contest_id == contest)) or 0) < 18_700
    assert count(RosterImport) >= 2 * 44


def test_there_are_entries_in_every_state_beside_the_collected_ones(year: Flask, contest: int) -> None:
    states = Counter(db.session.scalars(select(Entry.state).where(Entry.contest_id == contest)))
    assert states["accepted"] == PUBLISHED["sum"]["collected"]
    for state in ("draft", "returned", "rejected", "withdrawn"):
        assert states[state] > 0, f"no entry is {state}"
    assert db.session.scalar(select(func.count()).where(Entry.contest_id == contest, Entry.is_late)) != 0
    decisions = Counter(db.session.scalars(select(ScreeningDecision.decision)))
    assert min(decisions[word] for word in ("accept", "return", "reject")) > 0


def test_every_category_has_a_shortlist_and_the_lists_are_published(year: Flask, contest: int) -> None:
    chosen = (
        select(ShortlistLine.entry_id)
        .join(Shortlist)
        .where(Shortlist.contest_id == contest, Shortlist.state == "approved", ShortlistLine.decision == "in")
    )
    assert len(set(db.session.scalars(chosen))) == PUBLISHED["sum"]["recommended"]
    assert db.session.scalar(select(func.count()).where(Publication.contest_id == contest)) != 0


def test_each_entry_is_read_about_three_times_and_judges_differ_in_severity(year: Flask, contest: int) -> None:
    reads = db.session.execute(
        select(Entry.id, func.count(Assignment.id))
        .outerjoin(Assignment, (Assignment.entry_id == Entry.id) & (Assignment.state == "submitted"))
        .where(Entry.contest_id == contest, Entry.state == "accepted")
        .group_by(Entry.id)
    ).all()
    assert {number for _entry, number in reads} == {3}
    means = db.session.scalars(
        select(func.avg(ScoreSheet.total))
        .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
        .join(Round, Round.id == Assignment.round_id)
        .where(ScoreSheet.is_current, Round.contest_id == contest)
        .group_by(Assignment.judge_id)
    ).all()
    assert len(means) == 24
    assert 5 < max(means) - min(means) < 30
    assert all(55 < mean < 95 for mean in means)


def assert_readable(path: Path, kind: str) -> None:
    if kind == "pdf":
        with pypdfium2.PdfDocument(path) as document:
            text = document[0].get_textpage().get_text_range()
        assert any("\u4e00" <= sign <= "\u9fff" for sign in text), f"{path.name} has no Chinese text"
    elif kind == "mp4":
        with av.open(str(path)) as film:
            assert next(film.decode(video=0)).width >= 640
            assert film.duration is not None
            assert film.duration / av.time_base > 10


def test_no_two_files_are_alike_and_each_is_what_its_name_says(year: Flask) -> None:
    blobs = db.session.execute(select(Blob.sha256, Blob.kind)).all()
    found: Counter[str] = Counter()
    for sha256, kind in blobs:
        found[kind] += 1
        with storage().local_copy(sha256) as path:
            assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
            assert_readable(path, kind)
    assert len({sha256 for sha256, _kind in blobs}) == len(blobs)
    assert len(blobs) == len(set(db.session.scalars(select(EntryFile.blob_id))))
    assert min(found[kind] for kind in ("jpeg", "pdf", "mp4")) > 20


def test_paintings_have_the_proportion_of_four_kai(year: Flask) -> None:
    paintings = db.session.scalars(
        select(Blob.sha256).join(EntryFile, EntryFile.blob_id == Blob.id).where(EntryFile.slot_code == "painting")
    ).all()
    assert len(paintings) >= next(one["collected"] for one in PUBLISHED["categories"] if "科幻画" in one["name"])
    for sha256 in paintings:
        with storage().local_copy(sha256) as path, Image.open(path) as picture:
            assert picture.format == "JPEG"
            assert max(picture.size) / min(picture.size) == pytest.approx(540 / 380, rel=0.05)


def test_the_trail_of_the_year_verifies(built: tuple[Path, str], year: Flask) -> None:
    noted, broken = verify(db.session)
    assert broken is None
    assert noted > 3_000
    assert str(noted) in command(built[0], "audit", "verify")


def test_building_again_changes_nothing(built: tuple[Path, str], year: Flask) -> None:
    head = select(AuditHead.count, AuditHead.digest)
    before = db.session.execute(head).one()
    db.session.rollback()
    assert "没有改动" in command(built[0], "demo", "--no-serve")
    assert db.session.execute(head).one() == before


@pytest.fixture
def copy(built: tuple[Path, str], year: Flask, tmp_path: Path) -> Path:
    """The instance once more, to be changed; its files are those of the first."""
    db.session.remove()
    target = tmp_path / "copy"
    shutil.copytree(built[0], target, ignore=shutil.ignore_patterns("files"))
    return target


def test_a_withdrawn_entry_changes_the_sentence_and_its_counts_by_one(copy: Path, year: Flask, contest: int) -> None:
    painting = next(one for one in PUBLISHED["categories"] if "科幻画" in one["name"])
    chosen = select(ShortlistLine.entry_id).where(ShortlistLine.decision == "in")
    number = db.session.scalars(
        select(Entry.number)
        .join(Category, Category.id == Entry.category_id)
        .where(
            Entry.contest_id == contest,
            Entry.state == "accepted",
            Category.name == painting["name"],
            Entry.id.not_in(chosen),
        )
        .order_by(Entry.number)
    ).first()
    assert number
    command(copy, "entries", "withdraw", number, "--why", "学校来函，作者已转学")
    after = report(copy)
    collected = f"{painting['name']}{painting['collected']}{painting['measure']}"
    one_less = f"{painting['name']}{painting['collected'] - 1}{painting['measure']}"
    assert after["sentence"] == PUBLISHED["sentence"].replace(collected, one_less, 1)
    assert after["sum"] == {**PUBLISHED["sum"], "collected": PUBLISHED["sum"]["collected"] - 1}
    expected = [
        {**one, "collected": one["collected"] - 1} if one == painting else one for one in PUBLISHED["categories"]
    ]
    assert after["categories"] == expected

"""Whole deployments for tests: an instance folder each, the real command line, offices of the chain with approved lists."""

from __future__ import annotations

import copy
import io
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from flask import Flask
from PIL import Image
from sqlalchemy import select

from contest_portal import create_app
from contest_portal.cli import cli
from contest_portal.contests.models import Category, Contest
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.storage import storage
from contest_portal.entries.models import Author, Entry, EntryFile, Tutor
from contest_portal.media.facts import FileFacts, Kind
from contest_portal.media.models import Blob
from contest_portal.people.models import Office, School
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.settings import Settings
from tests.factories import made, make_consent, make_contest, make_office, make_school, make_student, make_teacher


class Deployment:
    """One instance with one office and its contest."""

    def __init__(self, folder: Path, empty: Path, office: str, **values: Any) -> None:
        self.folder = folder
        folder.mkdir()
        shutil.copyfile(empty, folder / "contest.sqlite3")
        with self.open():
            row = make_office(office, **values)
            contest = make_contest(row, feeds_into_name="上级赛事")
            self.office_id, self.contest_id = row.id, contest.id

    def copied(self, folder: Path) -> Deployment:
        """The same deployment once more, at another place."""
        shutil.copytree(self.folder, folder / self.folder.name)
        other = copy.copy(self)
        other.folder = folder / self.folder.name
        return other

    @contextmanager
    def open(self) -> Iterator[Flask]:
        """The application with its context."""
        app = create_app(Settings(instance=self.folder, jobs_embedded=False), testing=True)
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()

    def run(self, *words: str | Path | int, code: int = 0) -> str:
        """What `contest-portal handoff …` says; its exit code must be `code`."""
        result: Result = CliRunner().invoke(cli, ["--instance", str(self.folder), "handoff", *map(str, words)])
        shown = f"{result.output}\n{result.exception!r}"
        assert result.exit_code == code, shown
        return result.output

    def refused(self, *words: str | Path | int) -> BaseException:
        """The error that a command ends with."""
        result = CliRunner().invoke(cli, ["--instance", str(self.folder), "handoff", *map(str, words)])
        assert result.exception is not None, result.output
        return result.exception

    def trust(self, other: Deployment, folder: Path) -> None:
        """Take in the other's keys and confirm them as a leader would after the call."""
        file = folder / f"{other.folder.name}-to-{self.folder.name}.json"
        other.run("keys", "-o", file)
        answer = self.run("partner", "add", file)
        fingerprint = answer.strip().rsplit("：", 1)[1].split(" ")
        number = answer.split("编号 ")[1].split("）")[0]
        self.run("partner", "confirm", number, "".join(fingerprint[-2:]))


def picture(colour: int) -> bytes:
    """A small painting."""
    target = io.BytesIO()
    Image.new("RGB", (64, 48), (colour, 90, 160)).save(target, "JPEG")
    return target.getvalue()


def kept(content: bytes) -> Blob:
    """The picture as a file that the database knows."""
    stored = storage().put_bytes(content)
    row = db.session.scalar(select(Blob).where(Blob.sha256 == stored.sha256))
    facts = FileFacts(Kind.JPEG, stored.size, "jpg", width=64, height=48, looked_into=True).to_json()
    values = {"sha256": stored.sha256, "size_bytes": stored.size, "kind": "jpeg", "facts": facts}
    return row or made(Blob(**values, created_at=now()))


def painting(contest: Contest, school: School, number: int, *, content: bytes | None = None) -> Entry:
    """An accepted painting of a pupil with a tutor, a consent and a picture."""
    category = category_of(contest, "KH")
    student = make_student(school, f"张晓{'一二三四五六七八九'[number % 9]}", guardian_phone="13900002222")
    make_consent(student)
    tutor = make_teacher(school, f"李老师{number}", phone="13800001111")
    entry = Entry(
        contest_id=contest.id,
        category_id=category.id,
        school_id=school.id,
        state="accepted",
        number=f"{contest.number_prefix}2018-KH-X-{number:04d}",
        stage_code="X",
        title=f"火星医院/{number}",
        summary="在火星上看病。",
        answers={"technique": "水彩"},
        submission_count=1,
        created_at=now(),
        updated_at=now(),
        submitted_at=now(),
    )
    entry.authors = [Author(student_id=student.id, position=1, is_first=True)]
    entry.tutors = [Tutor(teacher_id=tutor.id, position=1)]
    blob = kept(content or picture(number))
    entry.files = [EntryFile(slot_code="painting", blob_id=blob.id, file_name=f"作品{number}.jpg", added_at=now())]
    return made(entry)


def category_of(contest: Contest, code: str) -> Category:
    return next(one for one in contest.categories if one.code == code)


def approve(contest: Contest, entries: Sequence[Entry], code: str = "KH") -> Shortlist:
    """An approved list of these entries, above those approved before."""
    category = category_of(contest, code)
    earlier = db.session.scalars(select(Shortlist).where(Shortlist.category_id == category.id)).all()
    for one in earlier:
        one.state = "superseded"
    row = Shortlist(
        contest_id=contest.id,
        category_id=category.id,
        version=len(earlier) + 1,
        state="approved",
        quotas={},
        ranking_ids=[],
        made_at=now(),
        approved_at=now(),
    )
    row.lines = [
        ShortlistLine(
            entry_id=entry.id,
            position=position,
            rank=position,
            stage_code=entry.stage_code,
            decision="in",
            reason_code="rank",
            reason="按名次列入",
            reason_params={},
        )
        for position, entry in enumerate(entries, start=1)
    ]
    return made(row)


def district_with_paintings(folder: Path, empty: Path, count: int = 2) -> Deployment:
    """甘州区 with so many paintings on its approved list."""
    place = Deployment(folder, empty, "甘州区科学技术协会")
    with place.open():
        contest = db.session.get_one(Contest, place.contest_id)
        school = make_school(db.session.get_one(Office, place.office_id), "西关小学")
        approve(contest, [painting(contest, school, number) for number in range(1, count + 1)])
    return place

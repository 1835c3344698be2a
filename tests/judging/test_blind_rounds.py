"""A judge of a blind round walks all that the program serves: nothing tells of whom a work comes, and what is masked stays so."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.routing import AnyConverter

from contest_portal.core.database import db
from contest_portal.core.models import AuditRecord
from contest_portal.entries.blind_models import NameTrace
from contest_portal.entries.models import Entry, EntryVersion
from contest_portal.entries.services.masks import save_mask
from contest_portal.entries.services.name_traces import search_entry
from contest_portal.entries.services.screening import Seen, accept_entry
from contest_portal.judging.models import Assignment, Judge, Round
from contest_portal.people.models import Student
from tests.entries.blind_factories import (
    MASKING,
    document,
    report_of,
    run_jobs,
    signed_painting,
    submit_report,
    submit_signed_painting,
)
from tests.entries.entry_factories import Place, make_place
from tests.factories import made, make_consent, make_student, sign_in
from tests.judging.making import Scene, make_judge, open_round, plan_round, tasks_of

LOWER_RIGHT = [0.7, 0.7, 0.3, 0.3]
TELLING = ("张晓明", "李志强", "西关小学", "月球农场", "画.jpg", "研究报告.pdf", "甘州区西关")


class Blind:
    """A place whose accepted works are judged blind; the judge is signed in."""

    def __init__(self, client: FlaskClient, place: Place, entry: Entry, code: str) -> None:
        self.client, self.place, self.entry_id, self.blob_id = client, place, entry.id, report_of(entry)
        accept_entry(place.staff, entry.id, Seen(1))
        run_jobs(*MASKING)
        self.scene = Scene(place.office, place.contest, place.staff, [place.school])
        self.judge: Judge = make_judge(self.scene)
        self.round = open_round(self.scene, reads=1, codes=(code,))
        run_jobs(*MASKING)
        self.task: Assignment = tasks_of(self.round, self.judge)[0]
        self.file_id = next(one.id for one in self.task.entry.files if one.blob_id == self.blob_id)
        self.base = f"/judge/tasks/{self.task.id}/files/{self.file_id}"
        sign_in(client, self.scene.actor(self.judge))

    def mask(self, seen: int, page: int, *boxes: list[float]) -> None:
        save_mask(self.place.staff, self.entry_id, self.blob_id, seen, page, list(boxes), "遮盖了签名。")

    def looks(self) -> dict[str, tuple[int, bytes]]:
        """Every rendition of the file by its address: status, content."""
        parts = ["original", "screen", "thumb", "poster", "film720", "blind", "pages", "tiles", "masked"]
        parts += [f"pages/{page}" for page in range(4)]
        parts += [f"tiles/{level}/{x}_{y}.jpg" for level in range(8, 14) for x in range(3) for y in range(3)]
        found = {}
        for part in parts:
            answer = self.client.get(f"{self.base}/{part}")
            found[part] = (answer.status_code, answer.data)
        return found


@pytest.fixture
def place(app: Flask) -> Place:
    return make_place()


@pytest.fixture
def painting(client: FlaskClient, place: Place) -> Blind:
    return Blind(client, place, submit_signed_painting(place), "KH")


@pytest.fixture
def report(client: FlaskClient, place: Place) -> Blind:
    return Blind(client, place, submit_report(place), "CG")


def pictures(looks: dict[str, tuple[int, bytes]]) -> Iterator[tuple[str, Image.Image]]:
    for part, (status, content) in looks.items():
        if status == 200 and content.startswith(b"\xff\xd8"):
            yield part, Image.open(io.BytesIO(content))


def has_red(image: Image.Image) -> bool:
    pixels = np.asarray(image.convert("RGB")).astype(int)
    return bool(((pixels[..., 0] > 120) & (pixels[..., 1] < 90)).any())


def test_no_look_shows_what_is_masked_from_the_moment_it_is_saved(painting: Blind) -> None:
    before = dict(pictures(painting.looks()))
    assert {"original", "screen"} <= set(before)
    assert has_red(before["screen"])
    assert any(part.startswith("tiles/") and has_red(image) for part, image in before.items())
    painting.mask(0, 1, LOWER_RIGHT)
    waiting = painting.looks()
    assert {status for status, _content in waiting.values()} <= {404, 409}, "nothing until it is made"
    assert painting.client.get(f"/judge/tasks/{painting.task.id}").status_code == 200
    run_jobs(*MASKING)
    after = dict(pictures(painting.looks()))
    assert set(after) == set(before), "every look is there again"
    assert not [part for part, image in after.items() if has_red(image)]
    painting.mask(1, 1, LOWER_RIGHT, [0, 0, 0.5, 0.5])
    assert {status for status, _content in painting.looks().values()} <= {404, 409}
    run_jobs(*MASKING)
    whole = np.asarray(dict(pictures(painting.looks()))["original"].convert("RGB"))
    assert whole[500, 500].max() < 8


def test_a_browser_asks_again_for_pictures_that_it_has_seen(painting: Blind) -> None:
    address = f"{painting.base}/screen"
    first = painting.client.get(address)
    assert first.headers["Cache-Control"] == "private, no-cache"
    same = painting.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert same.status_code == 304
    painting.mask(0, 1, LOWER_RIGHT)
    run_jobs(*MASKING)
    other = painting.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (other.status_code, other.headers["ETag"] == first.headers["ETag"]) == (200, False)


def test_a_masked_document_is_pictures_in_the_reader_and_as_a_file(report: Blind) -> None:
    assert "张晓明" in text_of(report.client.get(f"{report.base}/original").data)
    report.mask(0, 2, [0, 0, 1, 1])
    assert report.client.get(f"{report.base}/original").status_code == 409
    assert report.client.get(f"{report.base}/pages/2").status_code == 409
    run_jobs(*MASKING)
    content = report.client.get(f"{report.base}/original").data
    assert text_of(content).strip() == ""
    assert len(PdfReader(io.BytesIO(content)).pages) == 2
    page = Image.open(io.BytesIO(report.client.get(f"{report.base}/pages/2").data))
    assert np.asarray(page).max() < 12


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_nothing_that_a_judge_gets_names_anybody(painting: Blind) -> None:
    page = painting.client.get(f"/judge/tasks/{painting.task.id}")
    blob_sha = db.session.get_one(Entry, painting.entry_id).files[0].blob.sha256
    html = page.get_data(as_text=True)
    for word in (*TELLING, blob_sha, "遮盖了签名"):
        assert word not in html
    for part in ("original", "screen", "tiles/12/0_0.jpg"):
        answer = painting.client.get(f"{painting.base}/{part}")
        heads = "\n".join(f"{name}: {value}" for name, value in answer.headers)
        assert blob_sha not in heads
        assert not [word for word in TELLING if word in heads]
        assert answer.status_code == 200
    original = painting.client.get(f"{painting.base}/original")
    assert db.session.get_one(Entry, painting.entry_id).number in original.headers["Content-Disposition"]  # type: ignore[operator]


def test_no_other_address_gives_a_judge_anything_of_the_work(painting: Blind) -> None:
    """Every GET of the program whose places can be filled with what belongs to the work."""
    entry = db.session.get_one(Entry, painting.entry_id)
    trace = made(
        NameTrace(
            entry_id=entry.id, blob_id=painting.blob_id, place="painting", page=1, letter=0, length=3, name="张晓明",
            role="author", words="张晓明", is_certain=True, boxes=[],
        )
    )  # fmt: skip
    painting.mask(0, 1, LOWER_RIGHT)
    run_jobs(*MASKING)
    shas = [painting.task.entry.files[0].blob.sha256]
    version = db.session.query(EntryVersion).filter_by(entry_id=entry.id).one()
    values = {
        "entry_id": entry.id, "blob_id": painting.blob_id, "file_id": painting.file_id, "number": version.number,
        "trace_id": trace.id, "level": 12, "column": 0, "row": 0, "page": 1, "contest_id": painting.place.contest.id,
        "category_id": entry.category_id, "school_id": entry.school_id, "task_id": painting.task.id,
        "round_id": painting.round.id, "student_id": painting.place.pupil.id,
        "teacher_id": painting.place.teacher_row.id, "batch_id": 1, "item_id": 1, "pair_id": 1, "slot_code": "painting",
        "slot": "painting",
    }  # fmt: skip
    walked = 0
    for rule in painting.client.application.url_map.iter_rules():
        if (
            "GET" not in (rule.methods or ())
            or not rule.arguments
            or rule.endpoint.startswith(("static", "judging.task"))
        ):
            continue
        choices = {"kind": ["thumb", "screen"], "derivative": ["thumb", "screen"], "look": ["original"]}
        choices |= {name: sorted(one.items) for name, one in rule._converters.items() if isinstance(one, AnyConverter)}
        for choice in choices.get(next(iter(rule.arguments & set(choices)), ""), [""]):
            filled = values | {name: choice for name in choices if choice in choices[name]}
            if rule.arguments - set(filled):
                continue
            address = painting.client.application.url_map.bind("localhost").build(rule.endpoint, filled)
            answer = painting.client.get(address)
            walked += 1
            if answer.status_code == 200:
                assert answer.mimetype in {"text/html", "application/json"}, address
                told = [word for word in ("张晓明", "李志强", *shas) if word in answer.get_data(as_text=True)]
                assert not told, address
    assert walked > 30


def test_uploads_and_previews_by_number_are_not_for_judges(painting: Blind) -> None:
    place = painting.place
    for address in (
        f"/entries/{painting.entry_id}",
        f"/entries/{painting.entry_id}/files/{painting.blob_id}",
        f"/entries/{painting.entry_id}/files/{painting.blob_id}/thumb",
        f"/office/entries/{painting.entry_id}/versions/1/files/{painting.blob_id}/screen",
        f"/office/entries/{painting.entry_id}/masks/{painting.blob_id}/copy",
        f"/uploads/?target=entry-file&entry={painting.entry_id}",
        f"/office/likeness?contest={place.contest.id}",
    ):
        answer = painting.client.get(address)
        assert answer.status_code in {403, 404} or answer.get_json() == [], address


def test_the_factories_make_what_the_tests_say() -> None:
    assert has_red(Image.open(io.BytesIO(signed_painting())))
    assert "张晓明" in text_of(document("张晓明"))


def test_a_round_is_opened_knowingly_where_names_are_not_settled(client: FlaskClient, place: Place) -> None:
    named, plain, unsearched = (
        submit_report(place, words, pupil=pupil)
        for words, pupil in (
            ("作者张晓明", None),
            ("校园雨水回收装置", _pupil(place, "赵一")),
            ("节水", _pupil(place, "钱二")),
        )
    )
    for entry in (named, plain):
        search_entry(entry.id)
    for entry in (named, plain, unsearched):
        accept_entry(place.staff, entry.id, Seen(1, names=1))
    scene = Scene(place.office, place.contest, place.staff, [place.school])
    make_judge(scene)
    row = plan_round(scene, reads=1, codes=("CG",))
    sign_in(client, place.staff)
    html = client.get(f"/office/rounds/{row.id}/plan").get_data(as_text=True)
    assert "1 件作品有 1 处姓名线索尚未处理" in html
    assert "1 件作品还没有查找完姓名线索" in html
    works = f"/office/rounds/{row.id}/works"
    shown = {one: str(entry.number) for one, entry in {"open": named, "unsearched": unsearched}.items()}
    for one, number in shown.items():
        listed = client.get(f"{works}?names={one}").get_data(as_text=True)
        assert [entry.number in listed for entry in (named, plain, unsearched)].count(True) == 1
        assert number in listed
    form = {"version": str(row.version), "seed": "1"}
    for sent in ({"names": "1", "unsearched": "1"}, {"names": "0", "unsearched": "1", "knows": "y"}):
        answer = client.post(f"/office/rounds/{row.id}/open", data=form | sent)
        assert answer.status_code == 422
        assert "1 件作品有 1 处姓名线索尚未处理" in answer.get_data(as_text=True)
    done = client.post(f"/office/rounds/{row.id}/open", data=form | {"names": "1", "unsearched": "1", "knows": "y"})
    assert done.status_code == 302
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "judging.open_round")).one()
    assert record.after["names"] == {"works": 1, "names": 1, "unsearched": 1}
    db.session.rollback()
    assert db.session.get_one(Round, row.id).plan_facts["names"] == record.after["names"]


def _pupil(place: Place, name: str) -> Student:
    pupil = make_student(place.school, name)
    make_consent(pupil)
    return pupil

"""`contest-portal results verify`: files as they were downloaded, with a line changed, and of no list at all."""

from __future__ import annotations

import hashlib
import io
import json
import re
from pathlib import Path

import openpyxl
import pypdf
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from pypdf.generic import NameObject, StreamObject

from contest_portal.cli import Lazy
from contest_portal.core import audit
from contest_portal.core.actor import console_actor
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.models import AuditRecord
from contest_portal.results.cli import results
from contest_portal.results.publishing.documents import public_pdf, public_workbook
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.services.taking_down import confirm_take_down, propose_take_down
from tests.results.publishing.scene import Place


@pytest.fixture
def place(app: Flask) -> Place:
    return Place()


def verified(app: Flask, path: Path, *options: str) -> Result:
    lazy = Lazy(None)
    lazy._app = app
    return CliRunner().invoke(results, ["verify", str(path), *options], obj=lazy)


def kept(tmp_path: Path, name: str, content: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def changed_workbook(content: bytes, old: str, new: str) -> bytes:
    book, target = openpyxl.load_workbook(io.BytesIO(content)), io.BytesIO()
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and old in cell.value:
                    cell.value = cell.value.replace(old, new)
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("ending", ["pdf", "xlsx", "json"])
def test_what_was_downloaded_is_the_same(
    app: Flask, place: Place, client: FlaskClient, tmp_path: Path, ending: str
) -> None:
    row = place.published()
    content = client.get(f"/lists/{row.id}/list.{ending}").data
    result = verified(app, kept(tmp_path, f"list.{ending}", content), "--json")
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["verdict"], answer["differences"]) == (0, "same", [])
    assert (answer["publication"]["id"], answer["publication"]["version"]) == (row.id, 1)
    assert answer["computed"] == row.content_sha256
    assert answer["printed"] == ("" if ending == "json" else row.content_sha256)


@pytest.mark.parametrize("ending", ["pdf", "xlsx", "json"])
def test_a_file_from_before_the_list_was_taken_down_at_once_is_still_the_same(
    app: Flask, place: Place, client: FlaskClient, tmp_path: Path, ending: str
) -> None:
    row = place.published()
    path = kept(tmp_path, f"list.{ending}", client.get(f"/lists/{row.id}/list.{ending}").data)
    words = "名单内容有误，正在核对，更正后另行公示。"
    proposal = propose_take_down(place.staff, row.id, "作品名称有误，家长来电反映。", words)
    confirm_take_down(place.leader, proposal.id)
    result = verified(app, path)
    assert (result.exit_code, result.output.splitlines()[0]) == (0, "一致")
    assert "提前下线" in result.output


def test_the_json_download_is_the_bytes_that_were_hashed(place: Place, client: FlaskClient) -> None:
    row = place.published()
    assert hashlib.sha256(client.get(f"/lists/{row.id}/list.json").data).hexdigest() == row.content_sha256


def test_a_changed_line_of_a_workbook_is_found_and_named(app: Flask, place: Place, tmp_path: Path) -> None:
    row = place.published()
    content = changed_workbook(public_workbook(row), "张晓2", "王晓2")
    result = verified(app, kept(tmp_path, "list.xlsx", content))
    assert result.exit_code == 1
    assert result.output.startswith("不一致")
    assert "「科幻画作品」第 3 行" in result.output  # stage by stage: 1 and 3 of the primary schools stand first
    assert "张晓2" in result.output
    assert "王晓2" in result.output


def test_a_changed_line_of_a_data_file_is_found_and_named(
    app: Flask, place: Place, client: FlaskClient, tmp_path: Path
) -> None:
    row = place.published()
    data = client.get(f"/lists/{row.id}/list.json").data
    result = verified(app, kept(tmp_path, "list.json", data.replace("张晓2".encode(), "王晓2".encode())))
    assert result.exit_code == 1
    assert result.output.startswith("不一致")
    assert "「科幻画作品」第 3 行" in result.output
    other = data.replace(row.title.encode(), "别的名单".encode())
    assert verified(app, kept(tmp_path, "other.json", other)).exit_code == 3
    odd = json.dumps({"title": row.title, "sections": [{"name": "科幻画作品", "columns": 5}]}).encode()
    assert verified(app, kept(tmp_path, "odd.json", odd)).exit_code == 3


def test_a_line_added_below_the_digest_is_found(app: Flask, place: Place, tmp_path: Path) -> None:
    row = place.published()
    book, target = openpyxl.load_workbook(io.BytesIO(public_workbook(row))), io.BytesIO()
    book.worksheets[0].append([4, "赵某", "某校", "某作品", "推荐"])
    book.save(target)
    assert verified(app, kept(tmp_path, "list.xlsx", target.getvalue())).exit_code == 1


def test_a_workbook_saved_again_by_another_program_is_the_same(app: Flask, place: Place, tmp_path: Path) -> None:
    row = place.published()
    content = changed_workbook(public_workbook(row), "没有这几个字", "")
    assert verified(app, kept(tmp_path, "list.xlsx", content)).exit_code == 0


def test_with_its_digest_exchanged_too_a_changed_list_is_unknown(app: Flask, place: Place, tmp_path: Path) -> None:
    row = place.published()
    content = changed_workbook(changed_workbook(public_workbook(row), "张晓2", "王晓2"), row.content_sha256, "0" * 64)
    result = verified(app, kept(tmp_path, "list.xlsx", content))
    assert (result.exit_code, result.output.splitlines()[0]) == (3, "查无此名单")


def test_a_pdf_whose_visible_text_was_changed_is_found(app: Flask, place: Place, tmp_path: Path) -> None:
    row = place.published()
    result = verified(app, kept(tmp_path, "list.pdf", with_second_list_painted(public_pdf(row), place)))
    assert (result.exit_code, result.output.splitlines()[0]) == (1, "不一致"), result.output


def with_second_list_painted(content: bytes, place: Place) -> bytes:
    """A PDF that shows another list, with the first one's data still attached: its pages are those of an amended list."""
    place.without_first()
    other = place.published("更正。")
    reader, pages = pypdf.PdfReader(io.BytesIO(content)), pypdf.PdfReader(io.BytesIO(public_pdf(other)))
    writer = pypdf.PdfWriter()
    for page in pages.pages:
        writer.add_page(page)
    for name, files in reader.attachments.items():
        writer.add_attachment(name, files[0])
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def test_a_pdf_with_words_written_onto_a_page_is_found(app: Flask, place: Place, tmp_path: Path) -> None:
    row = place.published()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(public_pdf(row)))
    page = writer.pages[0]
    stream = StreamObject()
    stream.set_data(b"BT /Helv 12 Tf 60 60 Td (Zhao Mou, first prize) Tj ET")
    fonts = page["/Resources"]["/Font"].get_object()
    fonts[NameObject("/Helv")] = pypdf.generic.DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Contents")] = pypdf.generic.ArrayObject([page.raw_get("/Contents"), writer._add_object(stream)])
    target = io.BytesIO()
    writer.write(target)
    result = verified(app, kept(tmp_path, "list.pdf", target.getvalue()))
    assert result.exit_code == 1, result.output
    assert "ZhaoMou" in result.output


def test_a_pdf_written_again_is_the_same_by_its_text_and_the_limits_are_told(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    row = place.published()
    writer, target = pypdf.PdfWriter(), io.BytesIO()
    for page in pypdf.PdfReader(io.BytesIO(public_pdf(row))).pages:
        writer.add_page(page)
    writer.write(target)
    result = verified(app, kept(tmp_path, "list.pdf", target.getvalue()))
    assert result.exit_code == 0, result.output
    assert "没有校验数据" in result.output
    assert "遮盖" in result.output


def test_an_amended_version_is_the_same_and_told_to_be_amended(app: Flask, place: Place, tmp_path: Path) -> None:
    first = public_workbook(place.published())
    place.without_first()
    place.published("更正。")
    result = verified(app, kept(tmp_path, "list.xlsx", first))
    assert result.exit_code == 0
    assert "已被第 2 版更正" in result.output


@pytest.mark.parametrize("ending", ["pdf", "xlsx", "json"])
def test_files_of_the_archive_and_those_from_before_are_both_known(
    app: Flask, place: Place, client: FlaskClient, clock: MovingClock, tmp_path: Path, ending: str
) -> None:
    row = place.published()
    whole = client.get(f"/lists/{row.id}/list.{ending}").data
    clock.advance(days=60)
    archived = client.get(f"/lists/{row.id}/list.{ending}").data
    assert whole != archived
    for content, is_archived in ((whole, False), (archived, True)):
        result = verified(app, kept(tmp_path, f"list.{ending}", content), "--json")
        answer = json.loads(result.stdout)
        assert (result.exit_code, answer["publication"]["archived"]) == (0, is_archived), answer


def test_a_list_changed_in_the_database_is_told(app: Flask, place: Place, tmp_path: Path) -> None:
    row = place.published()
    path = kept(tmp_path, "list.xlsx", public_workbook(row))
    stored = db.session.get_one(Publication, row.id)
    content = json.loads(json.dumps(stored.content))
    content["sections"][0]["lines"][0]["names"] = "别人"
    stored.content = content
    db.session.commit()
    result = verified(app, path)
    assert result.exit_code == 1
    assert "数据库" in result.output


@pytest.mark.parametrize(
    ("name", "content"), [("list.xlsx", b"PK\x03\x04broken"), ("list.pdf", b"%PDF-1.7 broken"), ("list.txt", b"list")]
)
def test_what_cannot_be_read_is_refused_in_words(
    app: Flask, place: Place, tmp_path: Path, name: str, content: bytes
) -> None:
    result = verified(app, kept(tmp_path, name, content))
    assert type(result.exception).__name__ in {"Invalid", "SpreadsheetError"}


def test_paper_remembers_where_the_trail_of_acts_stood(app: Flask, place: Place, clock: MovingClock) -> None:
    """By the act that made the list public, whatever is done to it later."""
    row = place.published()
    printed = public_pdf(row)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(printed)).pages)
    count, digest = re.search(r"操作记录链：(\d+):([0-9a-f]{16})", text.replace("\n", "")).groups()
    act = db.session.get_one(AuditRecord, int(count))
    assert (act.object_type, act.object_id) == ("publication", row.id)
    assert audit.fits(db.session, int(count), digest)
    clock.advance(days=1)
    with unit_of_work(console_actor(), "tests.later") as work:
        work.record(row)
    assert public_pdf(row) == printed

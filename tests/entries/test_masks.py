"""Black boxes: really in the pixels, no text below them, in every look that a judge gets, from the moment they are saved."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import numpy as np
import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader, PdfWriter
from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, NotFound, Stale
from contest_portal.core.models import AuditRecord
from contest_portal.core.storage import storage
from contest_portal.entries.blind_models import FileMask, NameTrace
from contest_portal.entries.mask_boxes import are_covered, boxes_from_percent, covers, with_proposals
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.services.masks import make_mask_again, mask_traces, save_mask
from contest_portal.entries.services.name_traces import search_entry
from tests.entries.blind_factories import (
    document,
    report_of,
    run_jobs,
    submit_report,
    submit_report_file,
    submit_signed_painting,
)
from tests.entries.entry_factories import Place, make_place
from tests.factories import make_consent, make_student, sign_in

CORNER = [0.7, 0.7, 0.3, 0.3]
WHY = "遮盖了签名。"


@pytest.fixture
def place(app: Flask) -> Place:
    return make_place()


def mask_of(entry: Entry) -> FileMask:
    db.session.rollback()
    return db.session.scalars(select(FileMask).where(FileMask.entry_id == entry.id)).one()


def stored(sha256: str | None) -> bytes:
    assert sha256 is not None
    with storage().open(sha256) as file:
        return file.read()


def red_share(image: Image.Image) -> float:
    pixels = np.asarray(image.convert("RGB")).astype(int)
    return float(((pixels[..., 0] > 120) & (pixels[..., 1] < 90)).mean())


# --- The file that is made --------------------------------------------------------------------------------------------


def test_a_box_on_a_painting_is_black_and_nothing_of_what_it_covers_is_left(place: Place) -> None:
    entry = submit_signed_painting(place)
    save_mask(place.staff, entry.id, report_of(entry), 0, 1, [CORNER], WHY)
    run_jobs("entries.mask_file")
    mask = mask_of(entry)
    assert (mask.state, mask.version) == ("ready", 1)
    content = stored(mask.masked_blob.sha256)  # type: ignore[union-attr]
    image = Image.open(io.BytesIO(content))
    assert (image.format, image.size) == ("JPEG", (3240, 2280))
    assert red_share(image) == 0
    below = np.asarray(image)[1640:, 2320:]
    assert below.max() < 8, "black"
    assert np.asarray(image)[500, 500].tolist() == pytest.approx([20, 20, 220], abs=8)
    assert content.count(b"\xff\xd8\xff") == 1, "no thumbnail of what was there"


def test_a_box_on_a_page_makes_a_document_of_pictures_without_text(place: Place) -> None:
    entry = submit_report(place)
    search_entry(entry.id)
    boxes = [
        box
        for one in db.session.scalars(select(NameTrace).where(NameTrace.entry_id == entry.id, NameTrace.page == 2))
        for box in one.boxes
    ]
    mask_traces(place.staff, entry.id, report_of(entry), WHY)
    run_jobs("entries.mask_file")
    content = stored(mask_of(entry).masked_blob.sha256)  # type: ignore[union-attr]
    pdf = PdfReader(io.BytesIO(content))
    assert len(pdf.pages) == 2
    for one in pdf.pages:
        assert one.extract_text().strip() == ""
        assert "/Font" not in one["/Resources"]  # type: ignore[operator]
        assert len(one.images) == 1
    picture = np.asarray(pdf.pages[1].images[0].image.convert("L"))  # type: ignore[union-attr]
    height, width = picture.shape
    for left, top, across, down in boxes:
        part = picture[round(top * height) + 3 : round((top + down) * height) - 3, :]
        part = part[:, round(left * width) + 3 : round((left + across) * width) - 3]
        assert part.max() < 12, "black"
    with pypdfium2.PdfDocument(content) as document:
        assert document[1].get_textpage().count_chars() == 0


def test_the_proposed_boxes_cover_every_stroke_of_the_names(place: Place) -> None:
    """A page with nothing but a name: with its boxes painted, nothing else is dark."""
    entry = submit_report(place, "张晓明")
    mask_traces_of(place, entry)
    content = stored(mask_of(entry).masked_blob.sha256)  # type: ignore[union-attr]
    pixels = np.asarray(PdfReader(io.BytesIO(content)).pages[0].images[0].image.convert("L"))  # type: ignore[union-attr]
    dark = pixels < 100
    rows, columns = np.where(dark.any(axis=1))[0], np.where(dark.any(axis=0))[0]
    box = pixels[rows[0] + 2 : rows[-1] - 1, columns[0] + 2 : columns[-1] - 1]
    assert box.max() < 40, "one black box, no stroke beside it"


def mask_traces_of(place: Place, entry: Entry) -> None:
    search_entry(entry.id)
    mask_traces(place.staff, entry.id, report_of(entry), WHY)
    run_jobs("entries.mask_file")


# --- What is kept of it -----------------------------------------------------------------------------------------------


def test_names_that_are_covered_are_settled_and_open_again_without_the_box(place: Place) -> None:
    entry = submit_report(place)
    mask_traces_of(place, entry)
    on_page = select(NameTrace).where(NameTrace.entry_id == entry.id, NameTrace.page == 2)
    assert {one.state for one in db.session.scalars(on_page)} == {"masked"}
    search_entry(entry.id)
    assert {one.state for one in db.session.scalars(on_page.execution_options(populate_existing=True))} == {"masked"}
    save_mask(place.staff, entry.id, report_of(entry), 1, 2, [], "")
    assert {one.state for one in db.session.scalars(on_page.execution_options(populate_existing=True))} == {"open"}
    assert db.session.scalars(select(FileMask)).all() == []


def test_who_masked_what_is_in_the_trail(place: Place) -> None:
    entry = submit_signed_painting(place)
    save_mask(place.staff, entry.id, report_of(entry), 0, 1, [CORNER], WHY)
    save_mask(place.staff, entry.id, report_of(entry), 1, 1, [], "")
    records = db.session.scalars(
        select(AuditRecord).where(AuditRecord.action == "entries.mask_file").order_by(AuditRecord.id)
    ).all()
    assert [one.after["boxes"] for one in records] == [{"1": [CORNER]}, {}]
    assert {one.account_id for one in records} == {place.staff.account_id}


def test_a_colleagues_change_is_not_overwritten(place: Place) -> None:
    entry = submit_signed_painting(place)
    save_mask(place.staff, entry.id, report_of(entry), 0, 1, [CORNER], WHY)
    with pytest.raises(Stale):
        save_mask(place.staff, entry.id, report_of(entry), 0, 1, [], WHY)
    with pytest.raises(Invalid, match="遮盖说明"):
        save_mask(place.staff, entry.id, report_of(entry), 1, 1, [CORNER, [0, 0, 0.1, 0.1]], " ")


def test_a_job_for_an_older_mask_leaves_the_newer_one_alone(place: Place) -> None:
    entry = submit_signed_painting(place)
    save_mask(place.staff, entry.id, report_of(entry), 0, 1, [CORNER], WHY)
    save_mask(place.staff, entry.id, report_of(entry), 1, 1, [[0, 0, 1, 1]], WHY)
    run_jobs("entries.mask_file")
    mask = mask_of(entry)
    assert (mask.version, mask.state) == (2, "ready")
    assert np.asarray(Image.open(io.BytesIO(stored(mask.masked_blob.sha256)))).max() < 8  # type: ignore[union-attr]


def test_what_cannot_be_painted_is_told_and_can_be_asked_for_again(place: Place) -> None:
    entry = submit_signed_painting(place)
    blob_id = report_of(entry)
    save_mask(place.staff, entry.id, blob_id, 0, 1, [CORNER], WHY)
    sha256 = mask_of(entry).blob.sha256
    content = stored(sha256)
    storage().delete(sha256)
    run_jobs("entries.mask_file")
    assert (mask_of(entry).state, mask_of(entry).masked_blob_id) == ("failed", None)
    storage().put_bytes(content)
    make_mask_again(place.staff, entry.id, blob_id)
    run_jobs("entries.mask_file")
    assert mask_of(entry).state == "ready"
    with pytest.raises(NotFound):
        make_mask_again(place.staff, entry.id, blob_id + 1000)


# --- The page ---------------------------------------------------------------------------------------------------------


def test_the_page_proposes_boxes_and_keeps_what_was_typed(client: FlaskClient, place: Place) -> None:
    entry = submit_report(place)
    search_entry(entry.id)
    run_jobs("media.derive", "media.render")
    address = f"/office/entries/{entry.id}/masks/{report_of(entry)}"
    html = sign_in(client, place.staff).get(f"{address}?page=2").get_data(as_text=True)
    assert html.count("is-proposed") >= 3
    assert f"/versions/1/files/{report_of(entry)}/pages/2" in html
    form = {"seen": "0", "page": "2", "why": WHY}
    sides = {"left": ["10", ""], "top": ["20", ""], "width": ["300", ""], "height": ["5", ""]}
    answer = client.post(address, data={**form, **sides})
    assert answer.status_code == 422
    assert "第 1 个遮盖框的宽度是「300」" in answer.get_data(as_text=True)
    answer = client.post(address, data={**form, **sides, "width": ["30", ""]})
    assert answer.status_code == 302
    assert mask_of(entry).boxes == {"2": [[0.1, 0.2, 0.3, 0.05]]}
    answer = client.post(address, data={**form, **sides, "width": ["30", ""]})
    assert answer.status_code == 409, "seen is an older one"
    removing = {**form, "seen": "1", **sides, "width": ["30", ""], "remove": "0"}
    assert client.post(address, data=removing).status_code == 302
    assert db.session.scalars(select(FileMask)).all() == []
    assert client.get(f"{address}?page=9").status_code == 404


def test_one_press_covers_all_names_of_a_file_and_the_office_sees_the_copy(client: FlaskClient, place: Place) -> None:
    entry = submit_report(place)
    search_entry(entry.id)
    address = f"/office/entries/{entry.id}/masks/{report_of(entry)}"
    sign_in(client, place.staff)
    assert client.get(f"{address}/copy").status_code == 404
    assert client.post(f"{address}/names").status_code == 302
    run_jobs("entries.mask_file")
    copy = client.get(f"{address}/copy")
    assert copy.mimetype == "application/pdf"
    assert PdfReader(io.BytesIO(copy.data)).pages[1].extract_text().strip() == ""
    assert "已遮盖 3 处" in client.get(f"/office/entries/{entry.id}").get_data(as_text=True)


def with_a_picture_page(words: str) -> bytes:
    """A page of words, and one with a picture."""
    page = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(page, "PDF")
    writer = PdfWriter()
    writer.append(io.BytesIO(document(words)))
    writer.append(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_pages_with_pictures_are_told_of_and_names_on_words_alone_are_not_all(
    client: FlaskClient, place: Place
) -> None:
    entry = submit_report_file(place, with_a_picture_page("张晓明"))
    pupil = make_student(place.school, "赵一")
    make_consent(pupil)
    plain = submit_report(place, "校园", "赵一", pupil=pupil)
    for one in (entry, plain):
        search_entry(one.id)
    sign_in(client, place.staff)
    told = "第 2 页有图片，图片里的字系统看不出来，请看页面核对"
    assert told in client.get(f"/office/entries/{entry.id}").get_data(as_text=True)
    assert "页有图片" not in client.get(f"/office/entries/{plain.id}").get_data(as_text=True)
    address = f"/office/entries/{entry.id}/masks/{report_of(entry)}"
    assert told in client.post(f"{address}/names", follow_redirects=True).get_data(as_text=True)
    assert "这一页有图片" in client.get(f"{address}?page=2").get_data(as_text=True)
    assert "这一页有图片" not in client.get(f"{address}?page=1").get_data(as_text=True)


def test_what_judges_cannot_see_is_not_masked(client: FlaskClient, place: Place) -> None:
    entry = submit_report(place)
    seen = {slot.code for slot in entry.category.rules.slots if slot.judges_see}
    hidden = next(file.blob_id for file in entry_by_id(entry.id).files if file.slot_code not in seen)
    sign_in(client, place.staff)
    form = {"seen": "0", "page": "1", "why": WHY, "left": "1", "top": "1", "width": "9", "height": "9"}
    for address in (f"masks/{hidden}", f"masks/{hidden}/names", f"masks/{hidden}/again"):
        assert client.post(f"/office/entries/{entry.id}/{address}", data=form).status_code == 404
    assert (
        client.post(f"/office/entries/{entry.id}/masks/{report_of(entry)}", data=form | {"page": "3"}).status_code
        == 404
    )
    assert db.session.scalars(select(FileMask)).all() == []


def test_a_reason_holds_no_signs_that_nobody_sees(place: Place) -> None:
    entry = submit_signed_painting(place)
    with pytest.raises(Invalid, match="控制字符"):
        save_mask(place.staff, entry.id, report_of(entry), 0, 1, [CORNER], "遮盖了\x00签名。")
    save_mask(place.staff, entry.id, report_of(entry), 0, 1, [CORNER], "遮盖了\u202e签名。")
    assert mask_of(entry).why == "遮盖了签名。"


def test_a_mask_never_gets_the_id_of_one_that_was_undone(place: Place) -> None:
    entry = submit_signed_painting(place)
    save_mask(place.staff, entry.id, report_of(entry), 0, 1, [CORNER], WHY)
    first = mask_of(entry).id
    save_mask(place.staff, entry.id, report_of(entry), 1, 1, [], "")
    save_mask(place.staff, entry.id, report_of(entry), 0, 1, [CORNER], WHY)
    assert mask_of(entry).id > first


def test_pages_beyond_the_pictures_are_reached(app: Flask, client: FlaskClient, place: Place) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], preview_pages=2)
    entry = submit_report(place, *(f"第{page}页" for page in range(1, 21)), "张晓明")
    search_entry(entry.id)
    run_jobs("media.derive", "media.render")
    address = f"/office/entries/{entry.id}/masks/{report_of(entry)}"
    sign_in(client, place.staff)
    html = client.get(address).get_data(as_text=True)
    in_sight = html[: html.index("全部 21 页")]
    assert re.findall(r"\?page=(\d+)", in_sight) == ["1", "2", "3", "21"], "first, beside it, last and named"
    assert "page=12" in html, "all of them one press away"
    html = client.get(f"{address}?page=21").get_data(as_text=True)
    assert "这一页没有" in html
    assert html.count("is-proposed") == 1
    form = {"seen": "0", "page": "21", "why": WHY, "left": "1", "top": "1", "width": "90", "height": "90"}
    assert client.post(address, data=form).status_code == 302
    run_jobs("entries.mask_file")
    assert (mask_of(entry).state, list(mask_of(entry).boxes)) == ("ready", ["21"])


def test_the_same_words_of_a_page_are_settled_there(client: FlaskClient, place: Place) -> None:
    entry = submit_report(place, "西关小学，西关小学，张晓明")
    search_entry(entry.id)
    address = f"/office/entries/{entry.id}/masks/{report_of(entry)}"
    html = sign_in(client, place.staff).get(address).get_data(as_text=True)
    assert "本页 2 处" in html
    school = select(NameTrace).where(NameTrace.words == "西关小学")
    form = {"state": "dismissed", "alike": "y", "page": "1"}
    answer = client.post(
        f"/office/entries/{entry.id}/names/{db.session.scalars(school).first().id}",
        data=form,  # type: ignore[union-attr]
    )
    assert answer.location == f"{address}?page=1"
    db.session.rollback()
    assert {one.state for one in db.session.scalars(school)} == {"dismissed"}


def test_jobs_of_masked_copies_say_what_they_are_of(client: FlaskClient, place: Place) -> None:
    entry = submit_signed_painting(place)
    save_mask(place.staff, entry.id, report_of(entry), 0, 1, [CORNER], WHY)
    run_jobs("entries.mask_file")
    name = f"{entry.number} {entry.title}：遮盖后的副本"
    assert name in sign_in(client, place.staff).get("/office/jobs?state=waiting").get_data(as_text=True)


def test_the_school_sees_where_and_why(client: FlaskClient, place: Place) -> None:
    entry = submit_report(place)
    save_mask(place.staff, entry.id, report_of(entry), 0, 2, [CORNER], "第 2 页写了姓名。")
    html = sign_in(client, place.teacher).get(f"/entries/{entry.id}").get_data(as_text=True)
    assert re.search(r"遮盖了第 2 页的部分内容：第 2 页写了姓名。", html)


# --- Boxes ------------------------------------------------------------------------------------------------------------


def test_boxes_are_typed_in_percent() -> None:
    rows = [
        {"left": "12.5", "top": "0", "width": "90", "height": "10%"},
        {"left": "", "top": " ", "width": "", "height": ""},
    ]
    assert boxes_from_percent(rows) == [[0.125, 0.0, 0.875, 0.1]], "cut at the page's edge"


@pytest.mark.parametrize("typed", ["-1", "101", "abc", "", "nan", "inf"])
def test_what_is_no_percentage_is_told(typed: str) -> None:
    with pytest.raises(Invalid, match=f"「{typed}」"):
        boxes_from_percent([{"left": typed, "top": "1", "width": "1", "height": "1"}])


def test_a_box_may_be_covered_by_several() -> None:
    halves = [[0.1, 0.1, 0.2, 0.2], [0.3, 0.1, 0.2, 0.2]]
    assert covers(halves, [0.2, 0.15, 0.2, 0.1])
    assert not covers(halves, [0.2, 0.15, 0.2, 0.3])
    assert are_covered([[0.1, 0.1, 0.1, 0.1]], halves)
    assert not are_covered([], halves)
    assert with_proposals(halves, [[0.1, 0.1, 0.1, 0.1], [0.8, 0.8, 0.1, 0.1]]) == [*halves, [0.8, 0.8, 0.1, 0.1]]

"""A blurred painting is taken: its teacher reads so at the slot, the office on the sheet, and it can be submitted."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw, ImageFilter

from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.services.files import add_file
from contest_portal.entries.services.submission import submit_entry
from contest_portal.media.models import Blob
from tests.entries.entry_factories import Place, make_painting, make_place, received
from tests.factories import sign_in

pytestmark = pytest.mark.database


def painting(blur: float) -> bytes:
    """Circles on a sheet of 4开, photographed out of focus by so many pixels."""
    image = Image.new("RGB", (3240, 2280), (250, 244, 230))
    pen = ImageDraw.Draw(image)
    for number in range(8):
        left, top = 300 + number % 4 * 700, 300 + number // 4 * 900
        pen.ellipse((left, top, left + 500, top + 500), fill=(30 * number, 90, 200 - 20 * number))
    out = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(blur)).save(out, "JPEG", quality=80)
    return out.getvalue()


@pytest.fixture
def place(app: Flask) -> Place:
    return make_place()


def test_a_blurred_painting_is_warned_of_and_submitted(client: FlaskClient, place: Place) -> None:
    entry = make_painting(place)
    add_file(place.teacher, entry.id, "painting", received(painting(12), "火星.jpg"))
    page = sign_in(client, place.teacher).get(f"/entries/{entry.id}/edit").get_data(as_text=True)
    slot = page[page.index('id="part-slot-painting"') :]
    note = re.search(
        r'<li class="finding is-warning">.*?「火星.jpg」的清晰度是 (\d+) 分，要求不低于 40 分', slot, re.DOTALL
    )
    assert note
    assert int(note[1]) < 40
    missing = page[page.index('id="missing"') : page.index('id="entry-form"')]
    assert "内容齐全，可以提交了" in missing
    assert "请留意 1 处，不影响提交" in missing

    shown = client.get(f"/entries/{entry.id}").get_data(as_text=True)
    assert "请留意 1 处，不影响提交" in shown
    assert "提交作品" in shown

    submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    sheet = sign_in(client, place.staff).get(f"/office/entries/{entry.id}").get_data(as_text=True)
    finding = re.search(r'class="finding is-warning".*?</li>', sheet, re.DOTALL)
    assert finding
    assert "的清晰度是" in finding[0]


def test_of_a_sharp_painting_nothing_is_said(client: FlaskClient, place: Place) -> None:
    entry = make_painting(place)
    add_file(place.teacher, entry.id, "painting", received(painting(0), "火星.jpg"))
    page = sign_in(client, place.teacher).get(f"/entries/{entry.id}/edit").get_data(as_text=True)
    assert "清晰度是" not in page
    assert "请留意" not in page
    [file] = entry_by_id(entry.id).files
    assert file.blob.facts["sharpness"] >= 90


def test_files_that_were_measured_before_sharpness_was_are_read_as_before(client: FlaskClient, place: Place) -> None:
    entry = make_painting(place)
    add_file(place.teacher, entry.id, "painting", received(painting(12), "火星.jpg"))
    blob: Blob = entry_by_id(entry.id).files[0].blob
    blob.facts = {name: value for name, value in blob.facts.items() if name != "sharpness"}
    page = sign_in(client, place.teacher).get(f"/entries/{entry.id}/edit").get_data(as_text=True)
    assert "火星.jpg" in page
    assert "清晰度是" not in page

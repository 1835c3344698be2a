"""A reason shown to a school tells of its own works only."""

from __future__ import annotations

import io

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal.core.actor import Role
from contest_portal.core.clock import now
from contest_portal.results.awards.services.release import set_release
from contest_portal.results.quotas.allocation import RowKind, TableRow
from tests.factories import make_account, sign_in
from tests.results.lists.ranked import Ranked

pytestmark = pytest.mark.database


def test_a_floors_reason_names_no_work_of_another_school(app: Flask, client: FlaskClient) -> None:
    # Work 4 of 东关小学 comes in by a floor of 初中组, ahead of work 3 of 西关小学.
    place = Ranked((1, 4, 2, 3), schools=(0, 0, 0, 1))
    place.save(TableRow(RowKind.FLOOR, {"stage": "C"}, 1), total=2)
    place.make()
    assert "GZ2018-CG-X-0003" in place.reasons()[4]
    place.approve()
    set_release(place.staff, place.contest.id, 0, now(), rank=True, score=False, comments=False, at_once=True)
    sign_in(client, make_account(Role.SCHOOL_MANAGER, school=place.schools[1]))
    page = client.get("/school/results").text
    assert "应不少于 1 件而入选，先于名次在前的 1 件" in page
    assert "GZ2018-CG-X-0003" not in page
    assert "GZ2018-CG-C-0004" in page
    book = openpyxl.load_workbook(io.BytesIO(client.get("/school/results/export").data))
    cells = " ".join(str(cell.value) for sheet in book for row in sheet for cell in row)
    assert "GZ2018-CG-X-0003" not in cells

"""Every list exports what it shows: the same rows under the same filters, and no cell of it can become a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from contest_portal.contests.models import Contest
from contest_portal.core.database import db
from contest_portal.core.outbox.models import OutboxMessage
from contest_portal.entries.models import Entry
from contest_portal.entries.models_batch import BatchItem
from contest_portal.events.booking.models import Booking
from contest_portal.events.planning.models import Event
from contest_portal.events.records.models import ActivityRecord
from contest_portal.judging.models import Judge, Round
from contest_portal.people.models import Consent, School, Student, Teacher, Transfer
from contest_portal.results.certificates.models import Certificate
from contest_portal.results.handoff.models import HandoffLine
from contest_portal.results.records.models import ExternalResult, Honour
from tests.lists.conftest import filled_place
from tests.lists.pages import LIST_PAGES
from tests.lists.place import Place

ROWS = 3
FORMULA = '=HYPERLINK("http://x","1")'
TYPED = (
    Contest.name, Entry.title, Judge.name, Round.name, School.name, Student.name, Teacher.name,
    ActivityRecord.name, Booking.leader_name, BatchItem.title, Event.title, Certificate.work_title,
    ExternalResult.contest_name, Honour.honour, HandoffLine.title, OutboxMessage.subject,
)  # fmt: skip
"""What people type and lists show: it begins like a formula in the first row of each."""

pytestmark = pytest.mark.database


@dataclass(frozen=True)
class Shown:
    """A list page as one reader opens it. `filters` leave one row of it; `rows`: how many it has without."""

    endpoint: str
    reader: str
    address: str
    rows: int
    filters: str = ""


NAMED_SO = f"q={quote(FORMULA)}"
PAGINATED = [
    Shown("contests.office_list", "office", "/office/contests", ROWS + 1, NAMED_SO),
    Shown("entries.index", "manager", "/entries", 2 * ROWS, "state=submitted&q=作品0001"),
    Shown("entries.office_list", "office", "/office/contests/{contest}/entries", 2 * ROWS, "state=accepted&q=00001"),
    Shown("entries.likeness_list", "office", "/office/likeness", ROWS, "state=open&q=KH-00001"),
    Shown("events.office_events", "office", "/office/events", ROWS + 3, NAMED_SO),
    Shown("events.event_bookings", "office", "/office/events/{event}/bookings", ROWS, "q=BBC&state=booked"),
    Shown("judging.judges", "office", "/office/judges", ROWS + 1, NAMED_SO),
    Shown("judging.relations", "office", "/office/relations", ROWS, f"q={quote('第0001小学')}"),
    Shown("judging.rounds", "office", "/office/rounds", ROWS + 1, "state=open"),
    Shown("judging.tasks", "office", "/office/rounds/{round}/tasks", 2 * ROWS, "q=CG-00001&sort=-judge"),
    Shown("judging.works", "office", "/office/rounds/{round}/works", ROWS, "q=CG-00001"),
    Shown("judging.paper", "office", "/office/rounds/{round}/paper", 2 * ROWS, "q=CG-00001&state=done"),
    Shown("people.list_schools", "office", "/schools", 2 * ROWS + 1, NAMED_SO),
    Shown("people.students", "manager", "/schools/{school}/students", ROWS, "class=1班"),
    Shown("people.teachers", "manager", "/schools/{school}/teachers", ROWS + 1, NAMED_SO),
    Shown("people.school_consents", "manager", "/schools/{school}/consents", ROWS - 1, "consent=given"),
    Shown("people.school_consents", "teacher", "/schools/{school}/consents", ROWS - 1, NAMED_SO),
    Shown("people.outbox", "office", "/office/outbox", ROWS, "state=failed"),
    Shown("people.transfers", "office", "/transfers", ROWS, "state=refused"),
    Shown("people.transfers", "manager", "/transfers", ROWS, f"direction=out&{NAMED_SO}"),
    Shown("results.handoff", "office", "/office/handoffs/{handoff}", ROWS, "q=N00001"),
    Shown("results.certificates", "office", "/office/contests/{contest}/certificates", ROWS, f"q={quote('学生0001')}"),
    Shown("results.all_participation", "office", "/office/contests/{contest}/participation", ROWS + 1, "reported=no"),
]
QUEUE = Shown("entries.screening_queue", "office", "/office/contests/{contest}/screening/{screened}", ROWS)
BATCH = Shown("entries.batch_table", "teacher", "/entries/batches/{batch}", ROWS)
WHOLE = [
    BATCH,
    QUEUE,
    Shown("entries.office_exceptions", "office", "/office/contests/{contest}/exceptions", 2 * ROWS),
    Shown("events.activities", "office", "/office/years/2018/activities", ROWS),
    Shown("judging.show_round", "office", "/office/rounds/{round}", (ROWS + 1) + 1),  # by judge, by category
    Shown("results.year_records", "office", "/office/years/2018/results", ROWS + ROWS),  # awards, honours
]
"""Lists without filters."""

NOT_EXPORTED = {"people.show_roster_import": "shows the uploaded workbook, which its reader has"}
"""Paginated pages without an export, and why."""
EXPORTED_ELSEWHERE = {
    "events.attendance": "tests/events/test_attendance_pages.py",
    "events.show_plan": "tests/events/test_allocating.py",
    "jobs.index": "tests/core/test_job_pages.py",
    "results.objections": "tests/results/objections/test_pages.py",
    "results.reconciled_works": "tests/results/reconciliation/test_reconciliation.py",
}
"""Lists of nothing that people type, or without a filter that leaves one row, and where their export is looked at."""


def named(page: Shown) -> str:
    return f"{page.endpoint} for {page.reader}"


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Three rows in each list, which filters can tell apart."""
    with filled_place(request, tmp_path_factory.mktemp("exports"), ROWS) as made:
        with made.app.app_context():
            for column in TYPED:
                _set_first(column, FORMULA)
            _set_first(Transfer.state, "refused")
            _set_first(Consent.student_id, made.world.ids["pupil"] + 1)
            _set_first(Consent.withdrawn_at, None)
            db.session.commit()
            db.session.remove()
        yield made


def _set_first(column: InstrumentedAttribute[object], value: object) -> None:
    model = column.class_
    first = select(func.min(model.id)).scalar_subquery()
    db.session.execute(update(model).where(model.id == first).values({column: value}))


def _page(place: Place, reader: str, address: str) -> str:
    answer = place.browser(reader).get(address.format(**place.world.ids))
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _exported(place: Place, page: Shown, text: str) -> list[Worksheet]:
    """The workbook behind the page's link."""
    links = re.findall(r'<a class="btn btn-secondary" href="([^"]*)" download>(?:(?!</a>).)*导出表格', text)
    assert len(links) == 1, f"{page.endpoint} has no link to its export, or several"
    answer = place.browser(page.reader).get(unescape(links[0]))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return load_workbook(io.BytesIO(answer.data)).worksheets


def _row_count(sheets: list[Worksheet]) -> int:
    """The rows under the headers, which stay in sight."""
    return sum(sheet.max_row - int(str(sheet.freeze_panes)[1:]) + 1 for sheet in sheets)


def _total(text: str) -> int:
    found = re.search(r'class="count-line">[^<]*?共 ([\d,]+) 条', text)
    assert found, "the page does not say how many rows there are"
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize("page", PAGINATED, ids=named)
def test_a_list_exports_the_rows_that_it_shows(place: Place, page: Shown) -> None:
    everything = _page(place, page.reader, page.address)
    filtered = _page(place, page.reader, f"{page.address}?{page.filters}")
    assert (_total(everything), _total(filtered)) == (page.rows, 1)
    assert _row_count(_exported(place, page, everything)) == page.rows
    assert _row_count(_exported(place, page, filtered)) == 1


@pytest.mark.parametrize("page", PAGINATED, ids=named)
def test_an_export_has_the_rows_of_all_pages(place: Place, page: Shown) -> None:
    second = _page(place, page.reader, f"{page.address}?per_page=1&page=2")
    assert _row_count(_exported(place, page, second)) == page.rows


@pytest.mark.parametrize("page", WHOLE, ids=named)
def test_a_list_without_filters_exports_all_of_it(place: Place, page: Shown) -> None:
    assert _row_count(_exported(place, page, _page(place, page.reader, page.address))) == page.rows


@pytest.mark.parametrize("page", [*PAGINATED, *WHOLE], ids=named)
def test_what_begins_like_a_formula_stays_a_text(place: Place, page: Shown) -> None:
    sheets = _exported(place, page, _page(place, page.reader, page.address))
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
    suspicious = [cell for cell in cells if str(cell.value).startswith("=")]
    assert FORMULA in {cell.value for cell in suspicious}, "no row with it is in the export"
    under_headers = [cell for cell in suspicious if cell.row >= int(str(cell.parent.freeze_panes)[1:])]
    assert {cell.quotePrefix for cell in under_headers} <= {True}, "it would be computed when somebody edits the cell"


def test_the_export_is_sorted_as_the_list(place: Place) -> None:
    page = Shown("judging.rounds", "office", "/office/rounds", ROWS + 1)
    names = {
        sort: [
            row[0] for row in _exported(place, page, _page(place, "office", f"{page.address}?sort={sort}"))[0].values
        ]
        for sort in ("name", "-name")
    }
    assert names["name"][1:] == names["-name"][:0:-1] != names["-name"][1:]


def test_every_paginated_list_is_exported(place: Place) -> None:
    known = {page.endpoint for page in (*PAGINATED, BATCH, QUEUE)} | NOT_EXPORTED.keys() | EXPORTED_ELSEWHERE.keys()
    paginated = {
        page.endpoint
        for page in LIST_PAGES
        if 'class="count-line"' in _page_or_workbook(place, page.reader, page.address)
    }
    assert paginated <= known, "a list page with page numbers: give it an export and a line here"


def _page_or_workbook(place: Place, reader: str, address: str) -> str:
    return place.browser(reader).get(address.format(**place.world.ids)).get_data().decode("utf-8", "replace")

"""The trail of acts: what was printed of it is found again or missed; the supervisor searches it and takes it along."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import delete, select, update

from contest_portal.cli import main
from contest_portal.core import audit
from contest_portal.core.actor import Actor, Role, console_actor
from contest_portal.core.audit_mail import mail_head
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.models import AuditHead, AuditRecord
from contest_portal.people.models import Office
from tests.factories import make_account, make_office, make_school, sign_in
from tests.statements import counted

pytestmark = pytest.mark.database


ACTIONS = ("entries.submit", "judging.close", "entries.return")


def act(actor: Actor, action: str = "tests.act", number: int = 1, **values: Any) -> None:
    with unit_of_work(actor, action) as work:
        work.record(("entry", number), **values)


@pytest.fixture
def office(app: Flask) -> Office:
    return make_office()


@pytest.fixture
def supervisor(office: Office, client: FlaskClient) -> FlaskClient:
    return sign_in(client, make_account(Role.SUPERVISOR, office=office, name="监督员甲"))


def numbers(client: FlaskClient, query: str = "") -> list[int]:
    """Those that the search finds, by its export."""
    lines = client.get(f"/office/audit/export?format=jsonl&{query}").get_data(as_text=True).splitlines()
    return [json.loads(line)["number"] for line in lines]


def test_a_head_that_was_printed_is_found_or_missed(app: Flask) -> None:
    for number in range(5):
        act(console_actor(), number=number + 1)
    count, digest = audit.head(db.session)
    assert audit.fits(db.session, count, digest[:16])
    assert audit.fits(db.session, count, digest.upper())
    assert not audit.fits(db.session, count, digest[:15])
    assert not audit.fits(db.session, count - 1, digest[:16])
    # The tail is cut, and the row that says where the chain ends fits the cut: only who kept the head can tell.
    db.session.execute(delete(AuditRecord).where(AuditRecord.id > 3))
    third = db.session.scalars(select(AuditRecord.digest).where(AuditRecord.id == 3)).one()
    db.session.execute(update(AuditHead).values(count=3, digest=third))
    db.session.commit()
    assert audit.verify(db.session) == (3, None)
    assert not audit.fits(db.session, count, digest[:16])
    # New acts fill the gap: another digest stands under the number.
    for number in range(2):
        act(console_actor(), number=number + 100)
    assert audit.verify(db.session) == (5, None)
    assert not audit.fits(db.session, count, digest[:16])


def test_the_command_asks_for_printed_heads(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    act(console_actor())
    count, digest = audit.head(db.session)
    settings = app.config["SETTINGS"]
    monkeypatch.setenv("CONTEST_PORTAL_DATABASE_URL", settings.database_url)

    def verify(*heads: str) -> int:
        arguments = [part for head in heads for part in ("--head", head)]
        monkeypatch.setattr(
            sys, "argv", ["contest-portal", "--instance", str(settings.instance), "audit", "verify", *arguments]
        )
        try:
            main()
        except SystemExit as left:
            return int(left.code or 0)
        return 0

    assert verify(f"{count}:{digest[:16]}") == 0
    assert f"共 1 条，校验码 {digest[:16]}" in capsys.readouterr().out
    assert verify(f"{count}:{digest[:16]}", f"{count + 1}:{digest[:16]}") == 1
    assert "被截断或重写过" in capsys.readouterr().err
    assert verify("nonsense") == 2


def test_acts_are_found_by_person_action_object_time_address_and_text(
    supervisor: FlaskClient, office: Office, clock: MovingClock
) -> None:
    staff = make_account(Role.OFFICE, office=office, name="工作人员乙")
    act(staff, "entries.submit", 7, why="家长来电")
    act(replace(staff, address="10.0.0.9"), "judging.close", 8, after={"说明": "复核“完成”", "n": 5})
    clock.advance(days=3)
    act(console_actor(), "entries.return", 7, before={"state": "submitted"}, office_id=office.id)
    sign_in(supervisor, make_account(Role.SUPERVISOR, office=office))
    found = [db.session.scalars(select(AuditRecord.id).where(AuditRecord.action == name)).one() for name in ACTIONS]
    first, second, third = found
    assert numbers(supervisor, "person=乙") == [second, first]
    assert numbers(supervisor, "action=entries.") == [third, first]
    assert numbers(supervisor, "object=entry&number=7") == [third, first]
    assert numbers(supervisor, "object=entry&number=8") == [second]
    assert numbers(supervisor, "since=2018-03-02") == [third]
    assert numbers(supervisor, "until=2018-03-01&action=entries.") == [first]
    assert numbers(supervisor, "address=10.0.0.9") == [second]
    assert numbers(supervisor, "text=家长") == [first]
    assert numbers(supervisor, "text=复核“完成”") == [second]
    assert numbers(supervisor, "text=submitted") == [third]
    assert numbers(supervisor, "text=100%25") == []
    page = supervisor.get("/office/audit?person=乙").get_data(as_text=True)
    assert "工作人员乙" in page
    assert "家长来电" in page
    assert "退回修改" not in page.partition("<tbody>")[2]


def test_acts_are_found_by_the_school_for_which_somebody_acted(supervisor: FlaskClient, office: Office) -> None:
    for number, name in enumerate(("南街小学", "大满镇中心小学", "金安苑中学"), start=1):
        act(make_account(Role.SCHOOL_MANAGER, school=make_school(office, name)), "tests.school", number)
    found = dict(db.session.execute(select(AuditRecord.object_id, AuditRecord.id).where(AuditRecord.action == "tests.school")).all())  # fmt: skip
    assert numbers(supervisor, "school=南街") == [found[1]]
    assert numbers(supervisor, "school=小学") == [found[2], found[1]]
    assert numbers(supervisor, "school=没有这所") == []
    assert 'name="school" value="金安苑"' in supervisor.get("/office/audit?school=金安苑").get_data(as_text=True)


def test_texts_are_looked_for_in_ninety_days_unless_a_day_is_given(
    supervisor: FlaskClient, office: Office, clock: MovingClock
) -> None:
    act(console_actor(), why="很久以前", office_id=office.id)
    clock.advance(days=91)
    sign_in(supervisor, make_account(Role.SUPERVISOR, office=db.session.scalars(select(Office)).one()))
    assert numbers(supervisor, "text=很久以前") == []
    assert len(numbers(supervisor, "text=很久以前&since=2018-01-01")) == 1


def test_a_supervisor_reads_the_own_office_and_the_program(supervisor: FlaskClient) -> None:
    other = make_office("临泽县科学技术协会", number_prefix="LZ")
    act(make_account(Role.OFFICE, office=other), "tests.others")
    act(console_actor(), "tests.program")
    assert len(numbers(supervisor, "action=tests.program")) == 1
    assert numbers(supervisor, "action=tests.others") == []


def test_pages_follow_each_other_and_take_the_same_statements(supervisor: FlaskClient) -> None:
    with unit_of_work(console_actor(), "tests.many") as work:
        for number in range(120):
            work.record(("entry", number + 1))
    seen: list[str] = []
    address: str | None = "/office/audit?action=tests.many"
    statements = []
    while address:
        with counted(db.engine) as taken:
            page = supervisor.get(address).get_data(as_text=True)
        statements.append(len(taken))
        seen += [part.split("<")[0] for part in page.split('<th scope="row" data-label="编号" class="is-number ">')[1:]]
        ahead = page.split('rel="next" href="')
        address = ahead[1].split('"')[0].replace("&amp;", "&") if len(ahead) > 1 else None
    assert len(statements) == 3
    assert len(set(statements)) == 1
    assert statements[0] <= 15
    assert len(seen) == len(set(seen)) == 120
    assert [int(one) for one in seen] == sorted((int(one) for one in seen), reverse=True)


def test_what_is_taken_along_holds_all_and_no_formula(supervisor: FlaskClient, office: Office) -> None:
    staff = make_account(Role.OFFICE, office=office, name="=1+1")
    act(staff, "tests.formula", why="@SUM(A1)")
    table = list(
        csv.reader(io.StringIO(supervisor.get("/office/audit/export?format=csv").get_data().decode("utf-8-sig")))
    )
    row = next(one for one in table if one[4] == "tests.formula")
    assert row[2] == "'=1+1"
    assert row[8] == "'@SUM(A1)"
    book = load_workbook(io.BytesIO(supervisor.get("/office/audit/export?action=tests.formula").get_data()))
    cells = [cell for line in book.active.iter_rows() for cell in line]
    assert any(cell.value == "=1+1" and cell.data_type == "s" for cell in cells)
    given = supervisor.get("/office/audit/export?format=jsonl").get_data(as_text=True).splitlines()
    lines = sorted((json.loads(line) for line in given), key=lambda one: one["number"])
    for line, following in pairwise(lines):
        values = {name: following[name] for name in audit.FIELDS}
        assert audit._digest(following["number"], values, line["digest"]) == following["digest"]


def test_the_page_shows_the_head_to_write_down(supervisor: FlaskClient) -> None:
    act(console_actor())
    count, digest = audit.head(db.session)
    db.session.rollback()
    assert f"{count}:{digest[:16]}" in supervisor.get("/office/audit").get_data(as_text=True)
    assert audit.head(db.session) == (count, digest)


def test_the_head_is_mailed_on_mondays(app: Flask, clock: MovingClock, tmp_path: Path) -> None:
    act(console_actor())
    settings = replace(
        app.config["SETTINGS"],
        smtp_url=f"file://{tmp_path}",
        mail_from="office@example.org",
        audit_head_mail="a@example.org, b@example.org",
    )
    app.config["SETTINGS"] = settings
    mail_head({})  # a Thursday
    assert not (tmp_path / "mail.jsonl").exists()
    clock.advance(days=4)
    mail_head({})
    sent = (tmp_path / "mail.jsonl").read_text("utf-8").splitlines()
    count, digest = audit.head(db.session)
    assert len(sent) == 2
    assert all(f"{count}:{digest}" in line for line in sent)
    app.config["SETTINGS"] = replace(settings, audit_head_mail="")
    mail_head({})
    assert len((tmp_path / "mail.jsonl").read_text("utf-8").splitlines()) == 2

"""Of an address the trail keeps the block it lies in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core import audit
from contest_portal.core.actor import Role
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.models import AuditRecord
from contest_portal.core.networks import connection_of, network_of
from tests.factories import make_account, make_office, sign_in


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:7:1::5", "2001:db8:7::/48"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_the_block_of_an_address(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("address", "visitor"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:7:1:a:b:c:5", "2001:db8:7:1::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("unix:", "unix:"),
    ],
)
def test_who_counts_as_one_visitor(address: str, visitor: str) -> None:
    assert connection_of(address) == visitor


def test_the_trail_keeps_the_block_and_is_found_by_the_address(app: Flask, client: FlaskClient) -> None:
    office = make_office()
    staff = replace(make_account(Role.OFFICE, office=office), address="203.0.113.9")
    with unit_of_work(staff, "tests.from_afar") as work:
        work.record(("office", office.id), after={"n": 1})
    row = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "tests.from_afar")).one()
    assert row.address == "203.0.113.0/24"
    assert audit.verify(db.session)[1] is None
    supervisor = sign_in(client, make_account(Role.SUPERVISOR, office=office))
    for sought, is_found in (("203.0.113.9", True), ("203.0.113.0/24", True), ("203.0.114.9", False)):
        page = supervisor.get("/office/audit", query_string={"address": sought, "action": "tests.from_afar"}).text
        assert ("203.0.113.0/24" in page.partition("<table")[2]) is is_found, sought

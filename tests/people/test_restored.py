"""A restored site: nobody is signed in, no device is trusted, no link opens; what was ended before stays as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal import create_app
from contest_portal.core.actor import Role, console_actor
from contest_portal.core.audit_keeping import examine
from contest_portal.core.audit_seal import Seal
from contest_portal.core.backups.restoring import restore
from contest_portal.core.backups.taking import take_backup
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.people.models import Account, Invitation, LoginSession, TrustedDevice
from contest_portal.people.sessions import begin_session
from contest_portal.settings import Settings
from tests.conftest import empty_database
from tests.factories import made, make_account, make_office

PASSPHRASE = "made-up words for tests"


def invitation(office_id: int, token: str, **values: object) -> None:
    fields = {"purpose": "join", "role": "leader", "name": "某某", "created_at": now(), **values}
    made(Invitation(token_digest=token, office_id=office_id, expires_at=now() + timedelta(days=7), **fields))


@pytest.mark.database
def test_nothing_that_was_ended_since_opens_a_restored_site(
    app: Flask, request: pytest.FixtureRequest, tmp_path: Path, clock: MovingClock
) -> None:
    flask_migrate.stamp()
    office = make_office()
    account = db.session.get_one(Account, make_account(Role.OFFICE, office=office).account_id)
    begin_session(account)
    db.session.commit()
    begun, later = now(), {"account_id": account.id, "seen_at": now(), "expires_at": now() + timedelta(days=30)}
    made(TrustedDevice(token_digest="device", made_at=now(), **later))
    invitation(office.id, "pending")
    invitation(office.id, "reset", purpose="reset", role=None, account_id=account.id)
    invitation(office.id, "used", used_at=begun)
    invitation(office.id, "withdrawn", revoked_at=begun)
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], backup_key=PASSPHRASE)
    count = take_backup(console_actor(), str(tmp_path / "backups")).manifest.audit_count
    clock.advance(hours=5)
    folder = tmp_path / "another"
    folder.mkdir()
    settings = Settings(instance=folder / "instance", jobs_embedded=False, backup_key=PASSPHRASE)
    with (
        empty_database(request, folder) as url,
        create_app(replace(settings, database_url=url), clock=clock, testing=True).app_context(),
    ):
        restore(str(tmp_path / "backups"))
        assert [row.ended_at for row in db.session.scalars(select(LoginSession))] == [now()]
        assert [row.ended_at for row in db.session.scalars(select(TrustedDevice))] == [now()]
        links = {row.token_digest: (row.used_at, row.revoked_at) for row in db.session.scalars(select(Invitation))}
        assert links == {
            "pending": (None, now()), "reset": (None, now()), "used": (begun, None), "withdrawn": (None, begun),
        }  # fmt: skip
        trail = examine(db.session)
        assert (trail.count, trail.seal) == (count, Seal.RIGHT)
        db.session.remove()
        db.engine.dispose()

"""Jobs and files that come once more, late, or from somebody else: what was taken stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from contest_portal.core.actor import console_actor
from contest_portal.core.database import db
from contest_portal.core.storage import storage
from contest_portal.results.handoff_models import Handoff
from contest_portal.results.services import handoff_receiving
from tests.results.handoff.deployments import Deployment


def exported(place: Deployment, file: Path, *options: str | int) -> Path:
    place.run("export", place.contest_id, "-o", file, *options)
    return file


def test_a_check_that_two_workers_were_given_leaves_what_was_taken(
    pair: tuple[Deployment, Deployment], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    district, city = pair
    file = exported(district, tmp_path / "up.zip")
    other = [True]

    def meanwhile(_share: float) -> None:
        """While the first worker reads the files, another one checks the package and an office clerk takes it."""
        if other and other.pop():
            handoff_receiving.check_now(row.id)
            seen = db.session.get_one(Handoff, row.id).version
            handoff_receiving.ask_to_take(console_actor(), row.id, seen)
            handoff_receiving.take_package(console_actor(), row.id)

    with city.open():
        stored = storage().put_path(file)
        row = handoff_receiving.receive_package(console_actor(), city.contest_id, stored.sha256, file.name, stored.size)
        monkeypatch.setattr(handoff_receiving, "report_progress", meanwhile)
        handoff_receiving.check_package(row.id)
        after = db.session.get_one(Handoff, row.id, populate_existing=True)
        assert not other
        assert (after.state, after.problem) == ("taken", None)
        assert after.receipt_number

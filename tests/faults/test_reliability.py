"""A small version of what `python -m reliability` does: nothing acknowledged is missing, nothing is half."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from reliability.faults import disk, kill
from reliability.options import Options
from reliability.outcome import Outcome


@pytest.fixture(scope="session")
def options() -> Iterator[Options]:
    # Not in pytest's own folder: PostgreSQL's user must get through.
    with tempfile.TemporaryDirectory(prefix="reliability-") as folder:
        yield Options(
            Path(folder), kills=2, restarts=1, fillings=1, away_seconds=1.0, hold_seconds=2.0, steps=1, interruptions=1,
            teachers=2, databases=("sqlite",), pause_seconds=0.1,
        )  # fmt: skip


def is_good(outcome: Outcome) -> None:
    if outcome.notes and outcome.notes[0].startswith("not tried"):
        pytest.skip(outcome.notes[0])
    assert outcome.missing == []
    assert outcome.halves == []
    assert outcome.unreadable == []
    assert outcome.not_recovered == 0
    assert outcome.acknowledged


@pytest.mark.parametrize("fault", [kill, disk], ids=lambda one: one.__name__)
def test_the_site_recovers_and_has_lost_nothing(options: Options, fault: object) -> None:
    for outcome in fault.run(options):  # type: ignore[attr-defined]
        is_good(outcome)

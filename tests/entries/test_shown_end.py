"""The end that a school is told for a returned work: the day the office asked for, though it would be taken later."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.timing import timing_of
from tests.entries.entry_factories import make_painting, make_place


@pytest.fixture
def returned(app: Flask) -> Entry:
    """Returned to be mended within three days; the contest itself is open for a month."""
    entry = make_painting(make_place())
    entry.state, entry.fix_until = "returned", now() + timedelta(days=3)
    db.session.commit()
    return entry


def test_the_office_asked_for_it_earlier_than_the_contests_end(returned: Entry) -> None:
    timing = timing_of(returned)
    assert timing.shown_end == returned.fix_until
    assert timing.ends_at == returned.contest.submission_closes_at


def test_once_that_day_is_over_the_contests_end_is_shown(returned: Entry, clock: MovingClock) -> None:
    clock.advance(days=4)
    assert timing_of(returned).shown_end == returned.contest.submission_closes_at


def test_an_exception_counts_more(returned: Entry) -> None:
    returned.exception_until = now() + timedelta(days=40)
    db.session.commit()
    assert timing_of(returned).shown_end == returned.exception_until

"""A small night of a deadline with real processes: what was acknowledged is kept, what came too late is not."""

from __future__ import annotations

import pytest

from benchmarks.deadline.night import Night, live_through
from benchmarks.deadline.plan import Plan
from benchmarks.deadline.verdict import KINDS

TEACHERS = 8


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    plan = Plan(
        teachers=TEACHERS,
        schools=3,
        waits_for_all=True,
        pause_seconds=0,
        sizes=((0, 1.0),),
        office_every_seconds=0.5,
        late_share=0.5,
    )
    return live_through(plan, tmp_path_factory.mktemp("night"))


def test_nobody_meets_an_error(night: Night) -> None:
    assert night.diary.errors == []
    assert night.log_lines == []


def test_each_teacher_is_told_how_it_ended(night: Night) -> None:
    told = [(one.visit.kind == "late", one.is_acknowledged, one.is_refused) for one in night.outcomes]
    late = sum(one.visit.kind == "late" for one in night.outcomes)
    assert 1 <= late < TEACHERS
    assert sorted(told) == [(False, True, False)] * (TEACHERS - late) + [(True, False, True)] * late


def test_no_acknowledged_submission_is_lost_and_each_late_one_is_out(night: Night) -> None:
    assert {kind: night.verdict.wrong.get(kind, []) for kind in KINDS} == {kind: [] for kind in KINDS}
    assert night.verdict.counts["acknowledged"] + night.verdict.counts["refused"] == TEACHERS

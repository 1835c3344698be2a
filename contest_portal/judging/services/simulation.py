"""Simulating a way of judging: asked for on a page, done by a job, kept for the next who asks the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from contest_portal.core.actor import Actor, console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import Invalid
from contest_portal.core.jobs import SLOW, enqueue, job, report_progress
from contest_portal.core.text import N_, Message
from contest_portal.judging.queries.simulation import job_key, run_of
from contest_portal.judging.ranking import VERSION as RANKING
from contest_portal.judging.simulation import Design, at_each_number_of_reads, faults, to_json
from contest_portal.judging.simulation_models import SimulationRun
from contest_portal.judging.simulation_process import design_from, run

REPLICATES = 30
"""Contests drawn for a page of usual size: recall is then known to about ±1.5 points (one standard error)."""

FEWEST = 10
MOST_SECONDS = 180
"""What a page may ask of the one place where slow jobs run; larger contests are for the command."""

_AIM = 30  # seconds in which a page should have its answer: larger contests vary less, so fewer of them will do
_SECONDS_A_WORK, _SECONDS_A_PAIR = 0.0025, 1e-5  # of one core, measured: docs/decisions/simulation.md
_SEED = 1


def digest_of(design: Design) -> str:
    """The same for the same question to the same version of the ranking."""
    text = json.dumps([asdict(design), RANKING], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def replicates_for(design: Design) -> int:
    """How many contests are drawn: as many as half a minute is enough for, but at least `FEWEST`."""
    return max(FEWEST, min(REPLICATES, int(_AIM / _seconds_of_one(design))))


def seconds_for(design: Design) -> float:
    """How long a page is expected to wait for its answer, with a core to itself: 20 to `MOST_SECONDS` for what is taken."""
    return replicates_for(design) * _seconds_of_one(design)


def _seconds_of_one(design: Design) -> float:
    """One contest with each number of reads."""
    return design.entries * (_SECONDS_A_WORK + design.judges * _SECONDS_A_PAIR)


def too_large(design: Design) -> Message | None:
    """Why a page does not take the design: None for those that it takes."""
    seconds = seconds_for(design)
    if seconds <= MOST_SECONDS:
        return None
    words = N_(
        "%(entries)s 件作品、%(judges)s 名评委约需测算 %(minutes)s 分钟，网页上最多 %(most)s 分钟。"
        "请按其中一个类别测算，或在服务器上用 contest-portal judging simulate 测算。"
    )
    return Message.of(
        words, entries=design.entries, judges=design.judges, minutes=round(seconds / 60), most=MOST_SECONDS // 60
    )


def ask_for_simulation(actor: Actor, design: Design) -> SimulationRun:
    """Have it simulated, unless the office has asked the same before. Raises Invalid for a design with faults, or
    for one that a page has not the time for."""
    wrong = faults(design)
    if wrong:
        raise Invalid("judging.wrong_design", wrong[0])
    if (large := too_large(design)) is not None:
        raise Invalid("judging.large_design", large)
    with unit_of_work(actor, "judging.simulate") as work:
        row = run_of(actor.office_id or 0, digest_of(design))
        if row is None:
            row = SimulationRun(
                office_id=actor.office_id, digest=digest_of(design), design=asdict(design), asked_at=now()
            )
            work.session.add(row)
            work.session.flush()
            work.record(row, after={"design": asdict(design)})
        if row.result is None:  # a run that failed is tried again
            enqueue(work, "judging.simulate", {"run_id": row.id}, key=job_key(row.id), lane=SLOW, again=True)
    return row


@job("judging.simulate", N_("评审方案测算"))
def simulate_job(payload: dict[str, Any]) -> None:
    """Draw the contests for each number of reads and keep what was found."""
    row = db.session.get(SimulationRun, payload["run_id"])
    if row is None or row.result is not None:
        return
    asked = design_from(row.design)
    db.session.rollback()
    designs = at_each_number_of_reads(asked)
    drawn = run(designs, replicates_for(asked), _SEED, processes=1, progress=report_progress)
    result = [to_json(design, found, _SEED) for design, found in zip(designs, drawn, strict=True)]
    with unit_of_work(console_actor("job"), "judging.simulate") as work:
        found_row = work.session.get(SimulationRun, payload["run_id"])
        if found_row is not None and found_row.result is None:
            found_row.result = result
            work.record(found_row, after={"replicates": result[0]["replicates"]})

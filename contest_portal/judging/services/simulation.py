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
from contest_portal.core.text import N_
from contest_portal.judging.queries.simulation import job_key, run_of
from contest_portal.judging.ranking import VERSION as RANKING
from contest_portal.judging.simulation import Design, at_each_number_of_reads, faults, to_json
from contest_portal.judging.simulation_models import SimulationRun
from contest_portal.judging.simulation_process import design_from, run

REPLICATES = 30
"""Contests drawn for a page of usual size: recall is then known to about ±1.5 points (one standard error)."""

FEWEST = 10
_USUAL = 240 * 24  # works × judges up to which REPLICATES are drawn; larger contests vary less and take longer
_SEED = 1


def digest_of(design: Design) -> str:
    """The same for the same question to the same version of the ranking."""
    text = json.dumps([asdict(design), RANKING], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def replicates_for(design: Design) -> int:
    """How many contests are drawn, so that the page has its answer in about half a minute."""
    return max(FEWEST, min(REPLICATES, REPLICATES * _USUAL // (design.entries * design.judges)))


def ask_for_simulation(actor: Actor, design: Design) -> SimulationRun:
    """Have it simulated, unless the office has asked the same before. Raises Invalid for a design with faults."""
    wrong = faults(design)
    if wrong:
        raise Invalid("judging.wrong_design", wrong[0])
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

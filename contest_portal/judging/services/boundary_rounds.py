"""A boundary round: further reads for the works near the line, combined with the sheets that are there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from contest_portal.core.actor import Actor
from contest_portal.core.database import Work, found, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.kept_messages import keep
from contest_portal.core.text import N_, Message
from contest_portal.judging.models import Panel, Ranking, Round, RoundEntry
from contest_portal.judging.queries.boundary import panels_of_works, preview_boundary, seats_of_category
from contest_portal.judging.rubrics import rubric_of
from contest_portal.judging.services.round_data import RoundData
from contest_portal.judging.services.rounds import Seat, choose_judges, create_round
from contest_portal.judging.tie_breaks import still_valid

MOST_READS = 5_000
WHY = N_("名额线附近，加评 %(count)s 次")


def plan_boundary_round(
    actor: Actor, ranking_id: int, reads: int, name: str, opens_at: datetime | None, closes_at: datetime | None
) -> Round:
    """Plan a round of its own for the works near the line of this ranking, with the judges who are seated for them in
    the round, its panels and its rubric. Opened and judged as any round, its ranking combines the sheets of both in one
    model.

    Raises Invalid for what cannot be planned, Conflict when nothing is near the line.
    """
    if not 1 <= reads <= MOST_READS:
        told = Message.of(N_("加评次数应为 1–%(most)s。"), most=MOST_READS)
        raise Invalid("judging.boundary_reads", told, field="reads")
    # The ranking is frozen: what follows from it is worked out before others have to wait for the database.
    preview = preview_boundary(found(Ranking, ranking_id), reads)
    if preview.obstacle is not None:
        raise Invalid("judging.boundary", preview.obstacle)
    if not preview.works:
        raise Conflict("judging.no_boundary", N_("没有作品落在名额线附近，或其评委都已评过，不需要加评。"))
    with unit_of_work(actor, "judging.plan_boundary") as work:
        ranking = found(Ranking, ranking_id)
        source = ranking.round
        data, place = (
            RoundData.of(source),
            next(one for one in source.categories if one.category_id == ranking.category_id),
        )
        row = create_round(
            actor,
            source.contest_id,
            replace(
                data,
                name=name,
                category_ids=[ranking.category_id],
                reads_per_entry=1,
                opens_at=opens_at,
                closes_at=closes_at,
                source_round_id=source.id,
                take="band",
                carry="pooled",
                carry_weight=0.0,
                mode="online",
                panels_by="free" if source.panels else "none",
                calibration_count=0,
                method="mixed",
                wanted={ranking.category_id: dict(place.wanted)},
                tie_breaks=still_valid(data.tie_breaks, [one.code for one in rubric_of(place.rubric)]),
            ),
            seed=source.seed,
            rubrics={ranking.category_id: place.rubric},
        )
        panels = _copied_panels(work, row, source)
        placed = panels_of_works(source)
        work.session.add_all(
            RoundEntry(
                round_id=row.id,
                entry_id=one.entry_id,
                reads=one.reads,
                panel_id=panels.get(placed.get(one.entry_id, "")),
                why=keep(Message.of(WHY, count=one.reads)),
            )
            for one in preview.works
        )
        choose_judges(actor, row.id, _seats(source, ranking.category_id, panels))
        work.record(row, after={"ranking": ranking.id, "reads": sum(one.reads for one in preview.works)})
    return row


def _copied_panels(work: Work, row: Round, source: Round) -> dict[str, int]:
    """The panels of the round before in the new one: name → id."""
    row.panels = [Panel(name=one.name, position=one.position, rule=dict(one.rule)) for one in source.panels]
    work.session.flush()
    return {one.name: one.id for one in row.panels}


def _seats(source: Round, category_id: int, panels: dict[str, int]) -> list[Seat]:
    """Those who may read works of the category, with their panels and limits."""
    names = {one.id: one.name for one in source.panels}
    return [
        Seat(judge.id, (), seat.most_tasks, [panels[names[one]] for one in seat.panel_ids if one in names])
        for seat, judge in seats_of_category(source.id, category_id)
    ]

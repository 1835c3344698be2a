"""Verbs on the panels of a planned round: drawn up by stage or discipline, or as the office likes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from contest_portal.core.actor import Actor
from contest_portal.core.database import Work, db, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.i18n import translate
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.judging.interview_models import InterviewSession
from contest_portal.judging.models import Panel, Round, RoundEntry
from contest_portal.judging.panels import PanelRule, by_discipline, by_stage
from contest_portal.judging.services.states_of_rounds import require_state, seen_round
from contest_portal.people.services.checked import checking

MOST_PANELS = 60
NAMELESS = N_("未填学科")


@dataclass(frozen=True)
class PanelData:
    """A panel as the office wants it; `id` names one that stands already."""

    name: str
    rule: PanelRule
    id: int | None = None


def choose_panels(actor: Actor, round_id: int, panels: Sequence[PanelData], seen_version: int) -> Round:
    """The panels of a round that groups freely, in this order; those not named go, their works and judges stay.

    Raises Invalid, Stale, Conflict once the round is open or when its panels follow from stages or disciplines.
    """
    with unit_of_work(actor, "judging.choose_panels") as work:
        row = seen_round(round_id, seen_version)
        require_state("open", row)
        if row.panels_by != "free":
            raise Conflict(
                "judging.panels_follow",
                N_("本轮的评审组按学段或学科自动划分。要自己定，请先在轮次设置中改为「自己定分组」。"),
            )
        before = _public(row)
        wanted = _checked(row, panels)
        _replace(work, row, wanted)
        row.version += 1
        work.record(row, before=before, after=_public(row))
    return row


def redraw_panels(actor: Actor, round_id: int) -> Round:
    """Draw the panels that follow from stages or disciplines up anew, for works accepted since. Raises Conflict."""
    with unit_of_work(actor, "judging.redraw_panels") as work:
        row = locked(Round, round_id)
        require_state("open", row)
        before = _public(row)
        sync_panels(work, row)
        row.version += 1
        work.record(row, before=before, after=_public(row))
    return row


def place_by_hand(actor: Actor, round_id: int, entry_ids: Collection[int], panel_id: int | None) -> int:
    """Put works of a planned round into a panel, whatever its rule; None lets the rules decide again. Gives how many.

    Raises Invalid for a panel of another round, Conflict once the round is open.
    """
    with unit_of_work(actor, "judging.place_by_hand") as work:
        row = locked(Round, round_id)
        require_state("open", row)
        if panel_id is not None and panel_id not in {panel.id for panel in row.panels}:
            raise Invalid("judging.panel", N_("请选择本轮的评审组。"), field="panel_id")
        own = _works_of(row, entry_ids)
        known = {one.entry_id: one for one in _rows(row, own)}
        for entry_id in own:
            place = known.get(entry_id)
            if place is None and panel_id is not None:
                work.session.add(RoundEntry(round_id=row.id, entry_id=entry_id, panel_id=panel_id))
            elif place is not None:
                place.panel_id = panel_id
        row.version += 1
        work.record(row, after={"panel": panel_id, "works": own})
    return len(own)


def sync_panels(work: Work, row: Round) -> None:
    """Draw the panels up anew where they follow from the round's stages or disciplines; within the caller's work."""
    if row.panels_by == "free":
        return
    if row.panels_by == "none":
        _replace(work, row, [])
        return
    drawn = _by_stage(row) if row.panels_by == "stage" else _by_discipline(row)
    known = {panel.name: panel.id for panel in row.panels}
    _replace(work, row, [PanelData(name[:50], rule, known.get(name[:50])) for name, rule in drawn])


def _by_stage(row: Round) -> list[tuple[str, PanelRule]]:
    rules = [place.category.rules for place in sorted(row.categories, key=lambda one: one.category.position)]
    return by_stage([(group.code, group.name) for one in rules for group in one.stage_groups])


def _by_discipline(row: Round) -> list[tuple[str, PanelRule]]:
    used = select(Entry.discipline).where(
        Entry.category_id.in_([place.category_id for place in row.categories]), Entry.state == "accepted"
    )
    return by_discipline(set(db.session.scalars(used.distinct())), translate(Message(NAMELESS)))


def _checked(row: Round, panels: Sequence[PanelData]) -> list[PanelData]:
    own = {panel.id for panel in row.panels}
    wanted = []
    with checking("judging.panels") as check:
        for place, panel in enumerate(panels):
            name = check.text(panel.name, f"name-{place}", 50, label=N_("评审组名称"), required=True)
            wanted.append(PanelData(name, panel.rule, panel.id if panel.id in own else None))
        names = [panel.name for panel in wanted]
        twice = next((name for name in names if name and names.count(name) > 1), None)
        if twice is not None:
            check.add("panels", Message.of(N_("有两个评审组都叫「%(name)s」，请改名。"), name=twice))
        if len(wanted) > MOST_PANELS:
            check.add("panels", Message.of(N_("评审组最多 %(most)s 个。"), most=MOST_PANELS))
    return wanted


def _replace(work: Work, row: Round, wanted: Sequence[PanelData]) -> None:
    """These panels and no others; what pointed at one that goes points at none."""
    kept = {panel.id for panel in wanted if panel.id is not None}
    gone = [panel for panel in row.panels if panel.id not in kept]
    if gone:
        ids = [panel.id for panel in gone]
        work.session.execute(
            update(RoundEntry).where(RoundEntry.round_id == row.id, RoundEntry.panel_id.in_(ids)).values(panel_id=None)
        )
        work.session.execute(update(InterviewSession).where(InterviewSession.panel_id.in_(ids)).values(panel_id=None))
        for panel in gone:
            row.panels.remove(panel)
        work.session.flush()
    known = {panel.id: panel for panel in row.panels}
    for seat in row.judges:  # before new panels come, which may take over a number
        seat.panel_ids = [one for one in seat.panel_ids if one in known]
    for place, data in enumerate(wanted):
        if data.id is None:
            panel = Panel(name=data.name, position=place)
            row.panels.append(panel)
        else:
            panel = known[data.id]
        panel.name, panel.position, panel.rule = data.name, place, data.rule.to_dict()
    work.session.flush()


def _works_of(row: Round, entry_ids: Collection[int]) -> list[int]:
    return list(
        db.session.scalars(
            select(Entry.id)
            .where(
                Entry.id.in_(entry_ids),
                Entry.state == "accepted",
                Entry.category_id.in_([place.category_id for place in row.categories]),
            )
            .order_by(Entry.id)
        )
    )


def _rows(row: Round, entry_ids: Collection[int]) -> list[RoundEntry]:
    return list(
        db.session.scalars(select(RoundEntry).where(RoundEntry.round_id == row.id, RoundEntry.entry_id.in_(entry_ids)))
    )


def _public(row: Round) -> dict[str, object]:
    return {"panels": [{"name": panel.name, "rule": panel.rule} for panel in row.panels]}

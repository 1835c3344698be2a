"""Which works a round judges and why: all, the best of an earlier round, or those chosen one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from contest_portal.contests.models import Category
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.kept_messages import kept
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.blind import has_open_traces, is_searched, open_trace_count
from contest_portal.judging.models import Assignment, Ranking, Round, RoundCategory, RoundEntry
from contest_portal.judging.panels import PanelRule, PlannedPanel, panel_of
from contest_portal.judging.rubrics import RoundCriterion, frozen, rubric_of
from contest_portal.people.models import School

CHOSEN = ("chosen", "band")
"""Sources whose works stand in `RoundEntry` before the round opens."""

Lines = Mapping[int, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class PlannedEntry:
    """A work of the round as planning sees it. `why` it takes part: None where all works do."""

    id: int
    number: str
    category_id: int
    category_code: str
    stage_code: str
    discipline: str
    panel: PlannedPanel | None = None
    reads: int | None = None
    why: Message | None = None


@dataclass(frozen=True)
class Selection:
    """The works of a planned round, what is missing to know them, and what the office should know about them."""

    works: list[PlannedEntry]
    lacks: list[Message] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)


def panels_of(row: Round) -> list[PlannedPanel]:
    """The round's panels in order."""
    return [PlannedPanel(one.id, one.name, PanelRule.from_dict(one.rule)) for one in row.panels]


def round_to_plan(round_id: int) -> Round:
    """The round with contest, categories and panels, without its judges: three statements. Raises NotFound."""
    row = db.session.scalar(
        select(Round)
        .where(Round.id == round_id)
        .options(
            joinedload(Round.contest),
            joinedload(Round.source_round),
            selectinload(Round.categories).joinedload(RoundCategory.category),
            selectinload(Round.panels),
        )
    )
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class JudgedCategory:
    """A category of a round."""

    round: Round
    place: RoundCategory


def judged_category(round_id: int, category_id: int) -> JudgedCategory:
    """The category in the round. Raises NotFound."""
    row = round_to_plan(round_id)
    place = next((one for one in row.categories if one.category_id == category_id), None)
    if place is None:
        raise NotFound
    return JudgedCategory(row, place)


def current_rubric(place: RoundCategory) -> tuple[RoundCriterion, ...]:
    """The round's own rubric of a category, or where it has none the category's."""
    return rubric_of(place.rubric or frozen(place.category.rules.criteria))


def works_of_round(row: Round) -> Selection:
    """The works that the planned round would judge: one statement, two with an earlier round."""
    accepted = _accepted(row, panels_of(row))
    take = row.source.get("take", "all")
    if take in CHOSEN:
        return _chosen(row, accepted)
    if take == "top":
        return _best_of_source(row, [work for work, _noted in accepted])
    return Selection([work for work, _noted in accepted])


def _accepted(row: Round, panels: Sequence[PlannedPanel]) -> list[tuple[PlannedEntry, bool]]:
    """The accepted works of the round's categories, each with whether the round has noted it."""
    codes = {place.category_id: place.category.code for place in row.categories}
    noted = and_(RoundEntry.entry_id == Entry.id, RoundEntry.round_id == row.id)
    statement = (
        select(
            Entry.id,
            Entry.number,
            Entry.category_id,
            Entry.stage_code,
            Entry.discipline,
            RoundEntry.id.label("place_id"),
            RoundEntry.panel_id,
            RoundEntry.reads,
            RoundEntry.why,
        )
        .outerjoin(RoundEntry, noted)
        .where(Entry.state == "accepted", Entry.category_id.in_(codes))
        .order_by(Entry.id)
    )
    works = []
    for one in db.session.execute(statement):
        panel = panel_of(panels, one.stage_code, one.discipline, one.category_id, by_hand=one.panel_id)
        work = PlannedEntry(
            one.id,
            one.number or str(one.id),
            one.category_id,
            codes[one.category_id],
            one.stage_code,
            one.discipline,
            panel,
            one.reads,
            kept(one.why) if one.why else None,
        )
        works.append((work, one.place_id is not None))
    return works


def _chosen(row: Round, accepted: Sequence[tuple[PlannedEntry, bool]]) -> Selection:
    own = [work for work, noted in accepted if noted]
    count = select(func.count(RoundEntry.id)).where(RoundEntry.round_id == row.id)
    gone = (db.session.scalar(count) or 0) - len(own)
    words = N_("选定的作品中有 %(count)s 件已撤回或不再通过审核，不参加本轮。")
    return Selection(own, [], [Message.of(words, count=gone)] if gone else [])


def _best_of_source(row: Round, accepted: list[PlannedEntry]) -> Selection:
    source = row.source_round
    if source is None or source.state != "ranked":
        name = source.name if source else "—"
        return Selection(
            [], [Message.of(N_("前一轮「%(name)s」还没有排名，排名后才知道哪些作品参加本轮。"), name=name)]
        )
    lines, count, by_stage = frozen_lines(source.id), int(row.source["count"]), row.source.get("by") == "stage"
    own = {place.category_id: place.category for place in row.categories}
    ranks = {category_id: _ranks(lines.get(category_id, ()), by_stage) for category_id in own}
    taken = {entry_id: rank for one in ranks.values() for entry_id, rank in one.items() if rank <= count}
    words = N_("「%(round)s」第 %(rank)s 名")
    works = [
        replace(work, why=Message.of(words, round=source.name, rank=taken[work.id]))
        for work in accepted
        if work.id in taken
    ]
    return Selection(works, [], _notes_on_best(row, ranks, taken, works, count))


def frozen_lines(round_id: int) -> Lines:
    """Category → the lines of its newest frozen ranking over all its stage groups."""
    newest = select(func.max(Ranking.version)).where(Ranking.round_id == round_id).scalar_subquery()
    rows = db.session.execute(
        select(Ranking.category_id, Ranking.lines).where(
            Ranking.round_id == round_id, Ranking.version == newest, Ranking.stage_code == ""
        )
    )
    return {row.category_id: row.lines for row in rows}


def without_earlier_result(row: Round, works: Sequence[PlannedEntry]) -> list[str]:
    """Numbers of the works that will get no rank where a round counts by weight with a ranked one; one statement."""
    source = row.source_round
    if row.carry != "weighted" or source is None or source.state != "ranked":
        return []
    scored = {
        line["entry_id"] for lines in frozen_lines(source.id).values() for line in lines if line["score"] is not None
    }
    return [work.number for work in works if work.id not in scored]


def on_earlier_results(row: Round, without: Sequence[str]) -> list[Message]:
    """A sentence on them, or on the earlier round where that is not ranked yet."""
    source = row.source_round
    if row.carry == "weighted" and source is not None and source.state != "ranked":
        words = N_("前一轮「%(name)s」还没有排名；本轮要等它排名之后才能计算排名，没有前一轮成绩的作品不排名次。")
        return [Message.of(words, name=source.name)]
    if not without:
        return []
    words = N_("%(count)s 件作品没有前一轮的成绩（%(numbers)s），评完也不排名次。如要参加排名，请改为前一轮不计。")
    return [Message.of(words, count=len(without), numbers="、".join(without[:8]) + ("…" if len(without) > 8 else ""))]


def _ranks(lines: Sequence[Mapping[str, Any]], by_stage: bool) -> dict[int, int]:
    """Entry → its rank in the category, or among its stage group; equal ones share it."""
    ranked = [line for line in lines if line.get("rank") is not None]
    if not by_stage:
        return {line["entry_id"]: line["rank"] for line in ranked}
    found = {}
    for line in ranked:
        ahead = [one for one in ranked if one["stage_code"] == line["stage_code"] and one["rank"] < line["rank"]]
        found[line["entry_id"]] = 1 + len(ahead)
    return found


def _notes_on_best(
    row: Round,
    ranks: Mapping[int, Mapping[int, int]],
    taken: Mapping[int, int],
    works: Sequence[PlannedEntry],
    count: int,
) -> list[Message]:
    notes = []
    names = {place.category_id: place.category.name for place in row.categories}
    if row.source.get("by") != "stage":
        for category_id, own in ranks.items():
            more = sum(rank <= count for rank in own.values()) - count
            if more > 0:
                words = N_("「%(category)s」第 %(rank)s 名并列，多取 %(more)s 件。")
                rank = max(rank for rank in own.values() if rank <= count)
                notes.append(Message.of(words, category=names[category_id], rank=rank, more=more))
    gone = len(taken) - len(works)
    if gone:
        notes.append(Message.of(N_("排名靠前的作品中有 %(count)s 件已撤回或不再通过审核，不参加本轮。"), count=gone))
    return notes


def readers_before(row: Round) -> dict[tuple[int, int], int]:
    """(judge, entry) read already in the rounds whose sheets count together with this one's → the entry's category."""
    ids: list[int] = []
    later: Round = row
    while later.carry == "pooled" and later.source_round is not None:
        later = later.source_round
        ids.append(later.id)
    if not ids:
        return {}
    rows = db.session.execute(
        select(Assignment.judge_id, Assignment.entry_id, Entry.category_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .where(Assignment.round_id.in_(ids), Assignment.state == "submitted")
    )
    return {(judge_id, entry_id): category_id for judge_id, entry_id, category_id in rows}


@dataclass(frozen=True)
class WorkRow:
    """One line of the list of a round's works. `taken`: it is one of them; `open_names`: how many names found in it await
    a word; `searched`: whether names were looked for."""

    entry: Entry
    place: RoundEntry | None
    panel_name: str
    taken: bool
    why: Message | None
    open_names: int
    searched: bool


def works_page(row: Round, listing: Listing, selection: Selection | None) -> Page[WorkRow]:
    """The accepted works of a planned round's categories, or with no selection the works that an open round judges.

    Filters: category (id), stage (code), panel (id), part ("in" or "out"), names ("open" or "unsearched"), q (number or
    title).
    """
    works = {work.id: work for work in selection.works} if selection else None
    statement = (
        select(Entry, RoundEntry, open_trace_count().label("open_names"), is_searched().label("searched"))
        .join(School, School.id == Entry.school_id)
        .join(Category, Category.id == Entry.category_id)
        .outerjoin(RoundEntry, and_(RoundEntry.entry_id == Entry.id, RoundEntry.round_id == row.id))
        .where(*_filtered(row, listing, works))
        .options(contains_eager(Entry.school), contains_eager(Entry.category))
    )
    columns = {"number": Entry.number, "title": Entry.title, "discipline": (Entry.discipline, Entry.number)}
    page = paginate(sorted_by(statement, listing, columns, tie=Entry.id), listing, scalars=False)
    names = {panel.id: panel.name for panel in row.panels}
    rows = [_work_row(entry, place, works, names, found) for entry, place, *found in page.rows]
    return Page(rows, page.total, page.listing)


def _filtered(row: Round, listing: Listing, works: Mapping[int, PlannedEntry] | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    panel = listing.get_int("panel")
    if works is None:
        found.append(RoundEntry.id.is_not(None))
        if panel is not None:
            found.append(RoundEntry.panel_id == panel)
    else:
        own = [place.category_id for place in row.categories]
        found += [Entry.state == "accepted", Entry.category_id.in_(own)]
        part = listing.get("part")
        if part in {"in", "out"} and row.source.get("take", "all") != "all":
            found.append(Entry.id.in_(works) if part == "in" else Entry.id.not_in(works))
        if panel is not None:
            found.append(Entry.id.in_([one.id for one in works.values() if one.panel and one.panel.id == panel]))
    if (category := listing.get_int("category")) is not None:
        found.append(Entry.category_id == category)
    if stage := listing.get("stage"):
        found.append(Entry.stage_code == stage)
    if (names := listing.get("names")) in {"open", "unsearched"}:
        found.append(has_open_traces() if names == "open" else ~is_searched())
    if words := listing.get("q"):
        found.append(or_(Entry.number.contains(words, autoescape=True), Entry.title.contains(words, autoescape=True)))
    return found


def _work_row(
    entry: Entry,
    place: RoundEntry | None,
    chosen: Mapping[int, PlannedEntry] | None,
    names: Mapping[int, str],
    found: Sequence[Any],
) -> WorkRow:
    open_names, searched = found
    if chosen is None:
        why = kept(place.why) if place and place.why else None
        panel = names.get(place.panel_id or 0, "") if place else ""
        return WorkRow(entry, place, panel, True, why, open_names, searched)
    work = chosen.get(entry.id)
    panel = work.panel.name if work and work.panel else ""
    return WorkRow(entry, place, panel, work is not None, work.why if work else None, open_names, searched)


def panel_counts(row: Round, works: Sequence[PlannedEntry]) -> dict[int, int]:
    """Panel → how many works of a planned round fall to it; 0 stands for none."""
    counts = dict.fromkeys([0, *(panel.id for panel in row.panels)], 0)
    for work in works:
        counts[work.panel.id if work.panel else 0] += 1
    return counts


def earlier_rounds(contest_id: int, besides: int | None = None) -> list[Round]:
    """The contest's rounds that another one may come from, in the order they were made."""
    statement = select(Round).where(Round.contest_id == contest_id).order_by(Round.id)
    if besides is not None:
        statement = statement.where(Round.id < besides)
    return list(db.session.scalars(statement))


def stages_of(row: Round) -> list[tuple[str, str]]:
    """(code, name) of the stage groups of the round's categories, each once."""
    places = sorted(row.categories, key=lambda one: one.category.position)
    return list({group.code: group.name for one in places for group in one.category.rules.stage_groups}.items())

"""The opening of a round: works and rubrics frozen, the assignment drawn, tasks given."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.core.actor import Actor
from contest_portal.core.clock import local, now
from contest_portal.core.database import Work, unit_of_work
from contest_portal.core.errors import Conflict, FieldProblem, Invalid
from contest_portal.core.i18n import minute
from contest_portal.core.kept_messages import keep
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry, EntryFile
from contest_portal.entries.queries.blind import UnsettledNames, unsettled_names
from contest_portal.entries.queries.files import files_for_judges
from contest_portal.judging.assignment import VERSION, Problem
from contest_portal.judging.availability import time_within
from contest_portal.judging.availability_words import span_words
from contest_portal.judging.links import own_round
from contest_portal.judging.models import Assignment, Judge, PlanChange, Round, RoundEntry
from contest_portal.judging.plan_documents import document_of
from contest_portal.judging.queries.plan_preview import PlanPreview, preview_plan
from contest_portal.judging.queries.round_works import round_to_plan
from contest_portal.judging.rubrics import frozen
from contest_portal.judging.services.conflict_guard import refuse_conflicts
from contest_portal.judging.services.states_of_rounds import require_state, seen_round
from contest_portal.media.models import Blob
from contest_portal.media.services.derivatives import ask_for_blind_copies

_LOOKED_AT_ONCE = 10_000
"""Pairs; SQLite takes no more than some 30,000 values in a statement."""


def hold_accepted(work: Work, row: Round) -> None:
    """Lock the works that are about to be planned: none may be withdrawn or screened anew until the tasks stand."""
    accepted = (Entry.state == "accepted", Entry.category_id.in_([place.category_id for place in row.categories]))
    work.session.execute(select(Entry.id).where(*accepted).order_by(Entry.id).with_for_update(read=True))


def open_round(
    actor: Actor,
    round_id: int,
    seen_version: int,
    *,
    seed: int | None = None,
    names_known: UnsettledNames | None = None,
    unranked_known: int | None = None,
) -> Round:
    """Freeze works and rubrics, draw the assignment, give every judge the tasks.

    `names_known`: with how many unsettled names, and works not searched for any, a blind round is opened knowingly;
    `unranked_known`: with how many works that will get no rank, since an earlier round that counts has no result of them.
    None where nobody has read a page before. Raises Stale, Conflict (also where there are more of either than are
    known), or Invalid saying what is short; nothing changes then.
    """
    ahead = _plan_ahead(round_id, seed)
    with unit_of_work(actor, "judging.open_round") as work:
        row = seen_round(round_id, seen_version)
        require_state("open", row)
        row.seed = seed if seed is not None else row.seed or 0
        hold_accepted(work, row)
        preview = preview_plan(row, row.seed, ahead)
        if preview.plan is None:
            problems = [FieldProblem("plan", message) for message in preview.shortages]
            raise Invalid("judging.short", preview.shortages[0], problems=problems)
        names = names_before_judges(row, preview)
        if names_known is not None:
            _refuse_unknown_names(names, names_known)
        unranked = preview.inputs.unranked
        if unranked_known is not None and len(unranked) > unranked_known:
            words = N_(
                "%(count)s 件作品没有前一轮的成绩，评完也不排名次，评审没有开始。请先修改轮次或参评作品，或勾选「已知道」后再开始。"
            )
            raise Conflict("judging.unranked_unknown", Message.of(words, count=len(unranked)))
        problem = preview.inputs.problem(row.seed)
        for start in range(0, len(preview.plan.pairs), _LOOKED_AT_ONCE):
            refuse_conflicts(row, preview.plan.pairs[start : start + _LOOKED_AT_ONCE])  # type: ignore[arg-type]
        _freeze_rubrics(row, preview)
        _freeze_works(work, row, preview, problem)
        tasks = _tasks(row, preview, problem)
        work.session.execute(insert(Assignment), tasks)
        work.session.add(_opening_of(row, preview, problem, actor))
        if row.is_blind:
            ask_for_blind_copies(work, _files_to_judge(work, {task["entry_id"] for task in tasks}))
        known: dict[str, Any] = {"names": asdict(names)} if names else {}
        known |= {"unranked": list(unranked)} if unranked else {}
        row.plan_facts = preview.facts() | known
        row.state, row.opened_at = "open", now()
        row.version += 1
        work.record(
            row,
            before={"state": "planned"},
            after={
                "state": "open",
                "seed": row.seed,
                "inputs_sha256": row.plan_facts["inputs_sha256"],
                "tasks": len(preview.plan.pairs),
                **known,
            },
        )
        _tell_judges(work, row, preview)
    return row


def names_before_judges(row: Round, preview: PlanPreview) -> UnsettledNames:
    """What is not settled of the names in the works of a blind round; of others nothing has to be."""
    return unsettled_names([one.id for one in preview.inputs.entries]) if row.is_blind else UnsettledNames()


def _refuse_unknown_names(names: UnsettledNames, known: UnsettledNames) -> None:
    if names.names > known.names or names.unsearched > known.unsearched:
        message = Message.of(
            N_(
                "本轮匿名评审，%(works)s 件作品有 %(names)s 处姓名线索尚未处理，%(unsearched)s 件还没有查找完，评审没有开始。"
                "请先处理，或勾选「已知道」后再开始。"
            ),
            **asdict(names),
        )
        raise Conflict("judging.names_unknown", message)


def _plan_ahead(round_id: int, seed: int | None) -> PlanPreview | None:
    """The plan as it looks before anything is locked: thousands of works take seconds, in which others must be able to
    write. It counts if nothing has changed by the time the works are held."""
    row = round_to_plan(round_id)
    return preview_plan(row, seed if seed is not None else row.seed or 0) if row.state == "planned" else None


def _freeze_rubrics(row: Round, preview: PlanPreview) -> None:
    """The round's own rubric stays; where it has none, the category's as it stands now."""
    categories = {category.id: category for category in preview.inputs.categories}
    for place in row.categories:
        place.rubric = place.rubric or frozen(categories[place.category_id].rules.criteria)


def _freeze_works(work: Work, row: Round, preview: PlanPreview, problem: Problem) -> None:
    """A row for each work that takes part, with its panel and why; where all judges of a panel score, how many."""
    works = {one.id: one for one in preview.inputs.entries}
    standing = select(RoundEntry.entry_id, RoundEntry.id).where(RoundEntry.round_id == row.id)
    kept = {place.entry_id: place.id for place in work.session.execute(standing)}
    gone = kept.keys() - works.keys()
    if gone:
        work.session.execute(delete(RoundEntry).where(RoundEntry.round_id == row.id, RoundEntry.entry_id.in_(gone)))
    reads = {one.id: one.reads for one in problem.entries}
    lines = [
        {
            "round_id": row.id,
            "entry_id": one.id,
            "panel_id": one.panel.id if one.panel else None,
            "reads": reads[one.id],
            "is_calibration": one.id in problem.calibration,
            "why": keep(one.why) if one.why else None,
        }
        for one in works.values()
    ]
    new = [line for line in lines if line["entry_id"] not in kept]
    if new:
        work.session.execute(insert(RoundEntry), new)
    old = [{"id": kept[line["entry_id"]], **line} for line in lines if line["entry_id"] in kept]
    if old:
        work.session.execute(update(RoundEntry), old)
    if preview.inputs.all_score:
        row.reads_per_entry = max(reads[one.id] or 1 for one in works.values())


def _opening_of(row: Round, preview: PlanPreview, problem: Problem, actor: Actor) -> PlanChange:
    """The plan with all that it was computed from."""
    assert preview.plan is not None
    return PlanChange(
        round_id=row.id,
        number=1,
        kind="opening",
        seed=preview.seed,
        algorithm=VERSION,
        problem=document_of(problem),
        plan=[list(pair) for pair in preview.plan.pairs],
        moved=[],
        made_by=actor.account_id,
        made_at=now(),
    )


def _files_to_judge(work: Work, entry_ids: set[int]) -> list[Blob]:
    """What the judges of these works will look at. Most copies stand since the works were accepted."""
    works = work.session.scalars(
        select(Entry)
        .where(Entry.id.in_(entry_ids))
        .options(joinedload(Entry.category), selectinload(Entry.files).joinedload(EntryFile.blob))
    )
    return [blob for one in works for blob in files_for_judges(one)]


def _tasks(row: Round, preview: PlanPreview, problem: Problem) -> list[dict[str, Any]]:
    """The plan as rows; each judge meets the works in an order of its own, by lot, those that all score first."""
    assert preview.plan is not None
    order = sorted(
        preview.plan.pairs,
        key=lambda pair: (
            pair[1] not in problem.calibration,
            hashlib.sha256(f"{preview.seed}-{pair[0]}-{pair[1]}".encode()).digest(),
        ),
    )
    position: dict[Any, int] = {}
    moment, rows = now(), []
    for judge_id, entry_id in order:
        position[judge_id] = position.get(judge_id, 0) + 1
        rows.append(
            {
                "round_id": row.id,
                "judge_id": judge_id,
                "entry_id": entry_id,
                "position": position[judge_id],
                "state": "todo",
                "assigned_at": moment,
                "draft_marks": {},
                "draft_comment": "",
                "is_calibration": entry_id in problem.calibration,
                "version": 1,
            }
        )
    return rows


def _tell_judges(work: Work, row: Round, preview: PlanPreview) -> None:
    for line in preview.loads:
        if line.tasks and line.judge.account_id:
            title = Message.of(N_("「%(round)s」评审开始，您有 %(count)s 件待评作品"), round=row.name, count=line.tasks)
            notify(work, [line.judge.account_id], title, _until_when(row, line.judge), url=own_round(row.id))


def _until_when(row: Round, judge: Judge) -> Message:
    """By when; a judge who has time for a part of the window only is told to use it."""
    words = span_words(judge.available_from, judge.available_until)
    first, last = local(row.opens_at).date(), local(row.closes_at).date()
    if words is None or time_within(judge.available_from, judge.available_until, first, last) == "all":
        return Message.of(N_("请在 %(at)s 前完成。"), at=minute(row.closes_at))
    told = N_("请在 %(at)s 前完成。您填写的可评审时间是%(when)s，请在这段时间内评完；来不及的，请尽早告诉主办单位。")
    return Message.of(told, at=minute(row.closes_at), when=str(words))

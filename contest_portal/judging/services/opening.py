"""The opening of a round: rubrics frozen, the assignment drawn, tasks given."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, unit_of_work
from contest_portal.core.errors import FieldProblem, Invalid
from contest_portal.core.i18n import minute
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry, EntryFile
from contest_portal.entries.queries.files import files_for_judges
from contest_portal.judging.links import own_round
from contest_portal.judging.models import Assignment, Round
from contest_portal.judging.queries.planning import PlanPreview, preview_plan
from contest_portal.judging.rubrics import frozen
from contest_portal.judging.services.states_of_rounds import require_state, seen_round
from contest_portal.media.models import Blob
from contest_portal.media.services.derivatives import ask_for_blind_copies


def hold_accepted(work: Work, row: Round) -> None:
    """Lock the works that are about to be planned: none may be withdrawn or screened anew until the tasks stand."""
    accepted = (Entry.state == "accepted", Entry.category_id.in_([place.category_id for place in row.categories]))
    work.session.execute(select(Entry.id).where(*accepted).order_by(Entry.id).with_for_update(read=True))


def open_round(actor: Actor, round_id: int, seen_version: int, *, seed: int | None = None) -> Round:
    """Freeze the rubrics, draw the assignment, give every judge the tasks. Raises Stale, Conflict, or Invalid saying
    what is short; nothing changes then."""
    with unit_of_work(actor, "judging.open_round") as work:
        row = seen_round(round_id, seen_version)
        require_state("open", row)
        row.seed = seed if seed is not None else row.seed or 0
        hold_accepted(work, row)
        preview = preview_plan(row, row.seed)
        if preview.plan is None:
            problems = [FieldProblem("plan", message) for message in preview.shortages]
            raise Invalid("judging.short", preview.shortages[0], problems=problems)
        categories = {category.id: category for category in preview.inputs.categories}
        for place in row.categories:
            place.rubric = frozen(categories[place.category_id].rules.criteria)
        tasks = _tasks(row, preview)
        work.session.execute(insert(Assignment), tasks)
        if row.is_blind:
            ask_for_blind_copies(work, _files_to_judge(work, {task["entry_id"] for task in tasks}))
        row.plan_facts = preview.facts()
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
            },
        )
        for line in preview.loads:
            if line.tasks and line.judge.account_id:
                title = Message.of(
                    N_("「%(round)s」评审开始，您有 %(count)s 件待评作品"), round=row.name, count=line.tasks
                )
                body = Message.of(N_("请在 %(at)s 前完成。"), at=minute(row.closes_at))
                notify(work, [line.judge.account_id], title, body, url=own_round(row.id))
    return row


def _files_to_judge(work: Work, entry_ids: set[int]) -> list[Blob]:
    """What the judges of these works will look at. Most copies stand since the works were accepted."""
    works = work.session.scalars(
        select(Entry)
        .where(Entry.id.in_(entry_ids))
        .options(joinedload(Entry.category), selectinload(Entry.files).joinedload(EntryFile.blob))
    )
    return [blob for one in works for blob in files_for_judges(one)]


def _tasks(row: Round, preview: PlanPreview) -> list[dict[str, Any]]:
    """The plan as rows; each judge meets the works of a category in an order of its own, by lot."""
    assert preview.plan is not None
    order = sorted(
        preview.plan.pairs,
        key=lambda pair: hashlib.sha256(f"{preview.seed}-{pair[0]}-{pair[1]}".encode()).digest(),
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
                "version": 1,
            }
        )
    return rows

"""Versions of a category's lists: a draft is filled anew, what was approved stays and gets a next version."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from contest_portal.contests.models import Category
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Base, Work

AnyList = TypeVar("AnyList", bound=Base)


def draft_anew(
    work: Work, kind: type[AnyList], category: Category, actor: Actor, **blank: Any
) -> tuple[AnyList, list[Any]]:
    """The category's draft of a kind of list, without its lines, and the lines that it had; or its next version.

    `kind`: a table of lists by category and version, with `state`, `row_version`, `made_by`, `made_at` and `lines`.
    `blank`: the columns of a new version that its lines fill. The category is locked already.
    """
    table: Any = kind
    draft = work.session.scalar(
        select(table)
        .where(table.category_id == category.id, table.state == "draft")
        .options(selectinload(table.lines))
        .with_for_update()
    )
    if draft is not None:
        before = list(draft.lines)
        # The old lines go before the new ones come: a work stands once on a list.
        draft.lines = []
        work.session.flush()
        draft.row_version += 1
        draft.made_at, draft.made_by = now(), actor.account_id
        return draft, before
    version = work.session.scalar(select(func.max(table.version)).where(table.category_id == category.id)) or 0
    draft = table(
        contest_id=category.contest_id,
        category_id=category.id,
        version=version + 1,
        made_by=actor.account_id,
        made_at=now(),
        **blank,
    )
    work.session.add(draft)
    return draft, []

"""Setting a category's quota table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from contest_portal.contests.models import Category
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Invalid, Stale
from contest_portal.core.text import N_, Message
from contest_portal.results.quotas.allocation import QuotaTable, problems_of
from contest_portal.results.quotas.allocation.rules import MOST_PLACES, Problem, by_stage
from contest_portal.results.quotas.models import CategoryQuotas
from contest_portal.results.quotas.queries.tables import options_of, stored_table

TOTAL = ""
"""The key of a category's places in all, beside those of its stage groups."""


def save_table(actor: Actor, category_id: int, seen_version: int, table: QuotaTable) -> int:
    """Save the table as the next version, and give its number.

    Rows that contradict each other are saved too: the page says so, and no list is made of them. Raises Stale when
    somebody saved another version than was seen, Invalid for rows that are wrong in themselves.
    """
    with unit_of_work(actor, "results.save_quotas") as work:
        category = locked(Category, category_id)
        stored = stored_table(category_id)
        if stored.version != seen_version:
            words = N_("您打开此页之后，%(name)s又保存了名额表。您填写的内容还在下面，请核对后再保存。")
            raise Stale(Message.of(words, name=stored.saved_by or "其他人"))
        problems = problems_of(table, options_of(category))
        if problems:
            raise Invalid("results.quota_rows", in_one(problems))
        version = _keep(work, actor, category_id, table)
        work.record(
            category, before={"quotas": stored.table.to_json()}, after={"quotas": table.to_json(), "version": version}
        )
    return version


def set_quotas(actor: Actor, category_id: int, places: Mapping[str, int | None]) -> None:
    """Set the plain table of places: by stage group code, and under `TOTAL` in all (None: no limit).

    A stage group that is not named is not limited. Raises Invalid for a wrong number or stage group.
    """
    with unit_of_work(actor, "results.set_quotas") as work:
        category = locked(Category, category_id)
        known = {TOTAL, *(group.code for group in category.rules.stage_groups)}
        for code, count in places.items():
            if code not in known:
                words = N_("「%(category)s」没有代号为 %(code)s 的学段组。")
                raise Invalid("results.unknown_stage", Message.of(words, category=category.name, code=code))
            if count is not None and not 0 <= count <= MOST_PLACES:
                raise Invalid("results.quota", N_("名额应为 0 或更大的整数，不限名额请留空。"))
        before = stored_table(category_id).table
        table = by_stage(places)
        _keep(work, actor, category_id, table)
        work.record(category, before={"quotas": before.to_json()}, after={"quotas": table.to_json()})


def _keep(work: Work, actor: Actor, category_id: int, table: QuotaTable) -> int:
    row = work.session.scalar(select(CategoryQuotas).where(CategoryQuotas.category_id == category_id).with_for_update())
    if row is None:
        row = CategoryQuotas(category_id=category_id, version=0)
        work.session.add(row)
    row.document = table.to_json()
    row.version += 1
    row.saved_by, row.saved_at = actor.account_id, now()
    version: int = row.version
    work.session.flush()
    return version


def in_one(problems: Sequence[Problem]) -> Message:
    """The problems as one sentence, each with its row."""
    told = [
        str(
            one.message
            if one.row is None
            else Message.of(N_("第 %(number)s 行：%(what)s"), number=one.row + 1, what=one.message)
        )
        for one in problems
    ]
    return Message.of(N_("名额表有 %(count)s 处需要修改：%(what)s"), count=len(told), what=" ".join(told))

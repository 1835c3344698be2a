"""Changes of a contest's categories: their rules as a whole, new ones, their order."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import select

from contest_portal.contests.models import Category, Contest
from contest_portal.contests.rule_changes import breaking_changes
from contest_portal.contests.rules import CategoryRules
from contest_portal.contests.rules_codec import RuleProblem, encode, path_text
from contest_portal.contests.rules_editing import moved, sibling_problems, with_shared_limits
from contest_portal.contests.rules_validity import category_problems
from contest_portal.contests.services.editing import editable
from contest_portal.contests.usage import usage_of
from contest_portal.core.actor import Actor
from contest_portal.core.database import Work, db, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, FieldProblem, Invalid, Stale
from contest_portal.core.text import N_, Message


def change_rules(actor: Actor, category_id: int, seen_version: int | None, rules: CategoryRules) -> Category:
    """Put `rules` in the place of the category's rules. Its code stays.

    A person limit shared with other categories of the contest (by its key) changes there too. Raises Stale; Invalid
    whose problems name paths in the rules (`slots[2].kinds`) for rules that contradict themselves; Invalid with
    `contests.breaks_entries` for changes that entries stand against.
    """
    with unit_of_work(actor, "contests.change_rules") as work:
        contest = editable(found(Category, category_id).contest_id, None)
        category = locked(Category, category_id)
        if seen_version is not None and category.version != seen_version:
            raise Stale
        others = [one for one in _categories(contest) if one.id != category.id]
        _refuse_wrong(rules, [one.rules for one in others])
        changes = [(category, rules)]
        changes += [(one, with_shared_limits(one.rules, rules.limits)) for one in others]
        breaking = [
            message
            for one, new in changes
            if new != one.rules
            for message in breaking_changes(one.rules, new, usage_of(one.id))
        ]
        if breaking:
            raise Invalid(
                "contests.breaks_entries",
                N_("已有作品用到这些规则，没有保存。"),
                problems=[FieldProblem("", message) for message in breaking],
            )
        for one, new in changes:
            if new != one.rules:
                _write(work, one, new)
    return category


def _refuse_wrong(rules: CategoryRules, others: list[CategoryRules]) -> None:
    problems: list[RuleProblem] = [*category_problems(rules), *sibling_problems(rules, others)]
    if problems:
        raise Invalid(
            "contests.rules",
            N_("规则有误，没有保存。"),
            problems=[FieldProblem(path_text(problem.path), problem.message) for problem in problems],
        )


def _write(work: Work, category: Category, rules: CategoryRules) -> None:
    old = category.rules
    changed = [item.name for item in fields(CategoryRules) if getattr(old, item.name) != getattr(rules, item.name)]
    category.name, category.measure = rules.name, rules.measure
    category.rules_document = rules.to_dict()
    category.version += 1
    work.record(
        category,
        before={name: encode(getattr(old, name)) for name in changed},
        after={name: encode(getattr(rules, name)) for name in changed},
    )


def add_category(actor: Actor, contest_id: int, rules: CategoryRules) -> Category:
    """Add a category at the end. Raises Invalid as `change_rules` does."""
    with unit_of_work(actor, "contests.add_category") as work:
        contest = editable(contest_id, None)
        others = _categories(contest)
        _refuse_wrong(rules, [one.rules for one in others])
        category = Category(
            contest_id=contest.id,
            code=rules.code,
            name=rules.name,
            measure=rules.measure,
            position=max((one.position for one in others), default=0) + 1,
            rules_document=rules.to_dict(),
        )
        work.session.add(category)
        work.session.flush()
        work.record(category, after={"contest_id": contest.id, "code": rules.code, "name": rules.name})
    return category


def remove_category(actor: Actor, category_id: int, seen_version: int | None = None) -> None:
    """Take a category out of its contest. Raises Conflict when it has entries, or is the last of an open contest."""
    with unit_of_work(actor, "contests.remove_category") as work:
        contest = editable(found(Category, category_id).contest_id, None)
        category = locked(Category, category_id)
        if seen_version is not None and category.version != seen_version:
            raise Stale
        usage = usage_of(category.id)
        if usage.entries or usage.numbered:
            message = Message.of(
                N_("类别「%(name)s」已有 %(count)s 件作品，不能删除。"),
                name=category.name,
                count=max(usage.entries, usage.numbered),
            )
            raise Conflict("contests.category_used", message)
        if contest.state == "open" and len(_categories(contest)) == 1:
            raise Conflict("contests.last_category", N_("赛事已经发布，至少要保留一个类别。"))
        work.record(
            category, before={"contest_id": contest.id, "code": category.code, "rules": category.rules_document}
        )
        work.session.delete(category)


def move_category(actor: Actor, category_id: int, steps: int) -> None:
    """Move a category by `steps` places in its contest's order (negative: towards the front)."""
    with unit_of_work(actor, "contests.move_category") as work:
        contest = editable(found(Category, category_id).contest_id, None)
        categories = _categories(contest)
        code = next(one.code for one in categories if one.id == category_id)
        before = [one.code for one in categories]
        ordered: tuple[Any, ...] = moved(categories, code, steps)
        for position, one in enumerate(ordered, start=1):
            one.position = position
        work.record(contest, before={"order": before}, after={"order": [one.code for one in ordered]})


def _categories(contest: Contest) -> list[Category]:
    statement = select(Category).where(Category.contest_id == contest.id).order_by(Category.position, Category.id)
    return list(db.session.scalars(statement))

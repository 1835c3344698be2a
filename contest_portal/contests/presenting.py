"""What pages show of a contest: its steps, phase, call and categories, ready to be rendered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contest_portal.contests.calendar import Step, SubmissionPhase, steps_of, submission_phase
from contest_portal.contests.call_text import Block, blocks_of
from contest_portal.contests.models import Category, Contest, ContestAttachment
from contest_portal.contests.rule_texts import (
    field_lines,
    limit_requirements,
    people_requirements,
    slot_lines,
    slot_need,
    text_requirements,
)
from contest_portal.contests.rules import CategoryRules
from contest_portal.contests.services.editing import dates_of
from contest_portal.contests.states import STATE_NAMES, is_editable
from contest_portal.core.clock import local
from contest_portal.core.i18n import day, translate
from contest_portal.core.text import Message


@dataclass(frozen=True)
class SlotView:
    """A slot as people read it."""

    code: str
    label: str
    need: str
    is_required: bool
    lines: Sequence[str]
    hint: str
    judges_see: bool


@dataclass(frozen=True)
class FieldView:
    """An extra field as people read it."""

    code: str
    label: str
    lines: Sequence[str]
    hint: str
    judges_see: bool


@dataclass(frozen=True)
class CategoryView:
    """A category's requirements as people read them."""

    id: int
    code: str
    name: str
    measure: str
    version: int
    rules: CategoryRules
    people: Sequence[tuple[str, str]]
    limits: Sequence[tuple[str, str]]
    texts: Sequence[tuple[str, str]]
    groups: Sequence[tuple[str, str]]
    slots: Sequence[SlotView]
    fields: Sequence[FieldView]

    @property
    def requirements(self) -> Sequence[tuple[str, str]]:
        """Everything asked of people and texts, files aside."""
        return [*self.people, *self.limits, *self.texts]

    @property
    def applicant(self) -> str:
        """Who applies."""
        return self.people[0][1]


@dataclass(frozen=True)
class ContestView:
    """A contest as the public reads it."""

    contest: Contest
    state_name: str
    phase: SubmissionPhase
    closes_at: datetime | None
    opens_at: datetime | None
    steps: Sequence[dict[str, Any]]
    call: Sequence[Block]
    who: Sequence[str]
    attachments: Sequence[ContestAttachment]
    blank_forms: Sequence[ContestAttachment]
    categories: Sequence[CategoryView]

    @property
    def current_step(self) -> str:
        """The label of the step that is on, or an empty text."""
        return next((step["label"] for step in self.steps if step["state"] == "current"), "")


def contest_view(contest: Contest, moment: datetime) -> ContestView:
    """The contest as its public pages show it at `moment`. Its office, categories and attachments must be loaded."""
    opens, closes = contest.submission_opens_at, contest.submission_closes_at
    steps = steps_of(dates_of(contest).days, local(moment).date())
    return ContestView(
        contest=contest,
        state_name=state_name(contest),
        phase=submission_phase(moment, opens, closes, contest.grace_seconds)
        if is_editable(contest.state)
        else "closed",
        opens_at=local(opens) if opens else None,
        closes_at=local(closes) if closes else None,
        steps=[_step(step, contest) for step in steps],
        call=blocks_of(contest.call_text),
        who=[line.strip() for line in contest.who_may_enter.splitlines() if line.strip()],
        attachments=[one for one in contest.attachments if one.kind == "attachment"],
        blank_forms=[one for one in contest.attachments if one.kind == "blank_form"],
        categories=[category_view(one) for one in contest.categories],
    )


def state_name(contest: Contest) -> str:
    """The state's word on screen."""
    return translate(next(name for state, name in STATE_NAMES.items() if state == contest.state))


def _step(step: Step, contest: Contest) -> dict[str, Any]:
    state = "done" if contest.state in {"closed", "archived"} else step.state
    return {"label": translate(step.label), "state": state, "note": _days(step.from_on, step.to_on)}


def _days(first: date | None, last: date | None) -> str:
    if first == last or last is None:
        return day(first or last)
    if first is None:
        return day(last)
    return f"{day(first)} – {day(last)[5:] if first.year == last.year else day(last)}"


def _pairs(pairs: Sequence[tuple[Message, Message]]) -> list[tuple[str, str]]:
    return [(translate(what), translate(sentence)) for what, sentence in pairs]


def category_view(category: Category) -> CategoryView:
    """The category's rules in sentences."""
    rules = category.rules
    return CategoryView(
        id=category.id,
        code=category.code,
        name=category.name,
        measure=category.measure,
        version=category.version,
        rules=rules,
        people=_pairs(people_requirements(rules)),
        limits=_pairs(limit_requirements(rules)),
        texts=_pairs(text_requirements(rules)),
        groups=[(f"{group.code} {group.name}", "、".join(group.stages)) for group in rules.stage_groups],
        slots=slot_views(rules),
        fields=[
            FieldView(
                field.code, field.label, [translate(line) for line in field_lines(field)], field.hint, field.judges_see
            )
            for field in rules.fields
        ],
    )


def slot_views(rules: CategoryRules) -> list[SlotView]:
    """What is to be handed in, and what each file must be."""
    return [
        SlotView(
            code=slot.code,
            label=slot.label,
            need=translate(slot_need(slot, rules)),
            is_required=slot.required,
            lines=[translate(line) for line in slot_lines(slot)],
            hint=slot.hint,
            judges_see=slot.judges_see,
        )
        for slot in rules.slots
    ]

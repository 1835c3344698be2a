"""The states of a contest and its changes, once, as a table; and what must be there before it opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contest_portal.contests.calendar import Timetable, timetable_problems
from contest_portal.contests.rules import CategoryRules
from contest_portal.contests.rules_validity import category_problems
from contest_portal.core.text import N_, Message

State = Literal["draft", "open", "closed", "archived"]
Act = Literal["open", "close", "reopen", "archive", "discard"]

STATE_NAMES: dict[State, str] = {
    "draft": N_("草稿"),
    "open": N_("进行中"),
    "closed": N_("已结束"),
    "archived": N_("已归档"),
}


@dataclass(frozen=True)
class Transition:
    """One change of state: the act, where it leads from and to, its button and the question before it."""

    act: Act
    source: State
    target: State
    label: str
    question: str


TRANSITIONS: tuple[Transition, ...] = (
    Transition("open", "draft", "open", N_("发布赛事"), N_("发布后，通知和要求对外公开，学校可以按时间申报。")),
    Transition("discard", "draft", "archived", N_("放弃草稿"), N_("草稿不再使用，移到归档中，不对外公开。")),
    Transition(
        "close",
        "open",
        "closed",
        N_("结束赛事"),
        N_("结束后不再接收和修改作品，退回修改和准予补报的也不能再交；赛事移到往届。"),
    ),
    Transition("reopen", "closed", "open", N_("恢复进行"), N_("恢复后，各环节按时间安排继续。")),
    Transition("archive", "closed", "archived", N_("归档"), N_("归档后只能查看，不能再改动。")),
)


def transitions_from(state: str) -> tuple[Transition, ...]:
    """What can be done with a contest in this state."""
    return tuple(transition for transition in TRANSITIONS if transition.source == state)


def transition(act: str, state: str) -> Transition | None:
    """The change that `act` makes from this state, or None where it does not apply."""
    return next((one for one in TRANSITIONS if (one.act, one.source) == (act, state)), None)


def is_editable(state: str) -> bool:
    """Whether the contest's call and rules may still be changed."""
    return state in {"draft", "open"}


@dataclass(frozen=True)
class ContestFacts:
    """What opening asks about: the call, the moments of submission, the other days, the categories' rules."""

    call_title: str
    call_text: str
    who_may_enter: str
    opens_at: datetime | None
    closes_at: datetime | None
    timetable: Timetable
    categories: Sequence[CategoryRules]


@dataclass(frozen=True)
class Lack:
    """Something that opening still needs; `section` names the page that mends it, `category` the category's code."""

    section: Literal["call", "timetable", "categories", "category"]
    message: Message
    category: str = ""


def opening_lacks(facts: ContestFacts, now: datetime) -> list[Lack]:
    """Everything that is missing or wrong before the contest can be opened."""
    lacks: list[Lack] = []
    for text, sentence in (
        (facts.call_title, N_("通知还没有标题")),
        (facts.call_text, N_("通知还没有正文")),
        (facts.who_may_enter, N_("还没有写明谁可以参加")),
    ):
        if not text.strip():
            lacks.append(Lack("call", Message(sentence)))
    for moment, sentence in (
        (facts.opens_at, N_("还没有填写申报开始时间")),
        (facts.closes_at, N_("还没有填写申报截止时间")),
    ):
        if moment is None:
            lacks.append(Lack("timetable", Message(sentence)))
    if facts.closes_at is not None and facts.closes_at < now:
        lacks.append(Lack("timetable", Message(N_("申报截止时间已经过去，请调整"))))
    lacks.extend(Lack("timetable", sentence) for _field, sentence in timetable_problems(facts.timetable))
    if not facts.categories:
        lacks.append(Lack("categories", Message(N_("至少要有一个类别"))))
    for rules in facts.categories:
        lacks.extend(
            Lack(
                "category",
                Message.of(N_("%(category)s：%(problem)s"), category=rules.name, problem=problem.message),
                rules.code,
            )
            for problem in category_problems(rules)
        )
    return lacks

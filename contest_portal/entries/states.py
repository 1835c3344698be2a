"""The states of an entry and its changes, once, as a table: services ask it, the documentation is drawn from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contest_portal.core.text import N_

State = Literal["draft", "submitted", "returned", "accepted", "rejected", "withdrawn"]
Act = Literal["submit", "accept", "return", "reject", "reopen", "withdraw"]
By = Literal["school", "office", "both"]

STATE_NAMES: dict[State, str] = {
    "draft": N_("草稿"),
    "submitted": N_("已提交"),
    "returned": N_("退回修改"),
    "accepted": N_("审核通过"),
    "rejected": N_("审核不通过"),
    "withdrawn": N_("已撤回"),
}


@dataclass(frozen=True)
class Transition:
    """One change of state: the act, the states it leads from, the one it leads to, who does it, its name."""

    act: Act
    sources: tuple[State, ...]
    target: State
    by: By
    label: str


# Submitting again makes a new version. A draft that was never submitted is deleted rather than withdrawn.
TRANSITIONS: tuple[Transition, ...] = (
    Transition("submit", ("draft", "submitted", "returned"), "submitted", "school", N_("提交")),
    Transition("accept", ("submitted",), "accepted", "office", N_("审核通过")),
    Transition("return", ("submitted",), "returned", "office", N_("退回修改")),
    Transition("reject", ("submitted", "returned"), "rejected", "office", N_("审核不通过")),
    Transition("reopen", ("accepted", "rejected"), "submitted", "office", N_("重新审核")),
    Transition("withdraw", ("submitted", "returned", "accepted", "rejected"), "withdrawn", "both", N_("撤回")),
)

EDITABLE: frozenset[State] = frozenset({"draft", "submitted", "returned"})
"""States in which the school may change the entry, time permitting."""

LIVING: frozenset[State] = EDITABLE | {"accepted"}
"""States in which an entry may still take part: neither rejected nor withdrawn."""

COLLECTED_STATES: tuple[State, ...] = ("submitted", "accepted")
"""征集: what was handed in and stands. Drafts, returned, rejected and withdrawn entries are not among it."""

STANDING: frozenset[State] = frozenset({"submitted", "returned", "accepted"})
"""States in which an entry uses up its school's quota and its authors' places; rejecting and withdrawing free them."""


def transition(act: Act, state: str) -> Transition | None:
    """The change that `act` makes from this state, or None where it does not apply."""
    return next((one for one in TRANSITIONS if one.act == act and state in one.sources), None)


def acts_from(state: str) -> tuple[Act, ...]:
    """What can be done with an entry in this state, by whomever."""
    return tuple(one.act for one in TRANSITIONS if state in one.sources)


def state_name(state: str) -> str:
    """The state's word, to be translated."""
    return next(name for code, name in STATE_NAMES.items() if code == state)

"""The steps of an objection, once, as a table, and the term of each. Pure.

A case is closed when it is refused, answered or withdrawn. The decision is proposed by one person and signed by another; who
does not agree gives it back to the inquiry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contest_portal.core.text import N_

ObjectionState = Literal["received", "inquiry", "refused", "signing", "decided", "answered", "withdrawn"]
ObjectionAct = Literal["accept", "refuse", "propose", "disagree", "sign", "answer", "withdraw"]
Outcome = Literal["upheld", "corrected", "dismissed"]

OBJECTION_STATES: dict[ObjectionState, str] = {
    "received": N_("待受理"),
    "inquiry": N_("调查中"),
    "refused": N_("不予受理"),
    "signing": N_("待第二人签署"),
    "decided": N_("已裁定，待答复"),
    "answered": N_("已答复"),
    "withdrawn": N_("异议人已撤回"),
}
OUTCOMES: dict[Outcome, str] = {
    "upheld": N_("异议成立，取消该作品的入选或获奖资格"),
    "corrected": N_("异议部分成立，更正名单内容，保留资格"),
    "dismissed": N_("异议不成立"),
}


@dataclass(frozen=True)
class ObjectionChange:
    """One change of a case."""

    act: ObjectionAct
    source: ObjectionState
    target: ObjectionState
    label: str


OBJECTION_CHANGES: tuple[ObjectionChange, ...] = (
    ObjectionChange("accept", "received", "inquiry", N_("受理并开始调查")),
    ObjectionChange("refuse", "received", "refused", N_("不予受理")),
    ObjectionChange("propose", "inquiry", "signing", N_("提出处理决定")),
    ObjectionChange("disagree", "signing", "inquiry", N_("不同意，退回调查")),
    ObjectionChange("sign", "signing", "decided", N_("签署决定")),
    ObjectionChange("answer", "decided", "answered", N_("答复异议人")),
    ObjectionChange("withdraw", "received", "withdrawn", N_("撤回异议")),
    ObjectionChange("withdraw", "inquiry", "withdrawn", N_("撤回异议")),
    ObjectionChange("withdraw", "signing", "withdrawn", N_("撤回异议")),
)

CLOSED: frozenset[ObjectionState] = frozenset({"refused", "answered", "withdrawn"})
OPEN: frozenset[ObjectionState] = frozenset(OBJECTION_STATES) - CLOSED

TERMS: dict[ObjectionState, str] = {
    "received": "accept_days",
    "inquiry": "inquire_days",
    "signing": "sign_days",
    "decided": "answer_days",
}
"""Which of a contest's terms counts while a case is in that state."""


def objection_after(act: ObjectionAct, state: str) -> ObjectionState | None:
    """The state that `act` leads a case in this state to, or None where it does not apply."""
    return next((one.target for one in OBJECTION_CHANGES if (one.act, one.source) == (act, state)), None)

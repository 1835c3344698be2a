"""The states of rounds, tasks and judges and their changes, once, as tables; what a round's window allows. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contest_portal.core.text import N_

RoundState = Literal["planned", "open", "closed", "ranked"]
RoundAct = Literal["open", "close", "rank", "discard"]
TaskState = Literal["todo", "submitted", "conflict", "void"]
TaskAct = Literal["submit", "correct", "declare", "take_away", "give_again", "set_aside", "count_again"]
LIVE: tuple[TaskState, TaskState] = ("todo", "submitted")
"""States of tasks that a judge has: to do, or done."""

JudgeState = Literal["invited", "active", "declined", "left"]

ROUND_STATES: dict[RoundState, str] = {
    "planned": N_("筹备中"),
    "open": N_("评审中"),
    "closed": N_("已截止"),
    "ranked": N_("已排名"),
}
TASK_STATES: dict[TaskState, str] = {
    "todo": N_("待评"),
    "submitted": N_("已提交"),
    "conflict": N_("已回避"),
    "void": N_("已取消"),
}
JUDGE_STATES: dict[JudgeState, str] = {
    "invited": N_("待接受"),
    "active": N_("已加入"),
    "declined": N_("已谢绝"),
    "left": N_("已退出"),
}
METHODS: dict[str, str] = {
    "raw": N_("加权平均（不校正）"),
    "trimmed": N_("去掉最高分和最低分再平均"),
    "additive": N_("加性最小二乘（校正评分尺度）"),
    "mixed": N_("混合模型（校正评分尺度）"),
    "huber": N_("稳健混合模型（校正评分尺度，降低个别极端分数的影响）"),
}
SHORT_METHODS: dict[str, str] = {
    "raw": N_("加权平均"),
    "trimmed": N_("去高去低平均"),
    "additive": N_("加性校正"),
    "mixed": N_("混合模型校正"),
    "huber": N_("稳健校正"),
}
PLAIN_METHODS: dict[str, str] = {
    "raw": N_("各评委的总分直接平均。碰上手紧的评委吃亏，碰上手松的占便宜。"),
    "trimmed": N_("去掉一个最高分和一个最低分，其余平均。"),
    "additive": N_("先看每位评委对同样的作品比别人平均多给或少给几分，从分数中扣掉，再比较。"),
    "mixed": N_("先看每位评委对同样的作品比别人平均多给或少给几分，从分数中扣掉，再比较；证据少的扣得谨慎些。"),
    "huber": N_(
        "先看每位评委对同样的作品比别人平均多给或少给几分，从分数中扣掉，再比较；与众不同的个别评分，影响减小。"
    ),
}
"""What a method does, in words of everyday."""
PLAIN_ALIKE = N_("各位评委的宽严看不出差别，没有扣分也没有加分；评阅次数少的作品，得分更靠近全体的平均。")
"""What the mixed model does where it sees no difference between judges."""
MODES: dict[str, str] = {
    "online": N_("网上评阅"),
    "on_site": N_("现场评分"),
    "interview": N_("展示与问辩"),
}
TAKES: dict[str, str] = {
    "all": N_("全部审核通过的作品"),
    "top": N_("前一轮排名靠前的作品"),
    "chosen": N_("由主办单位逐件选定"),
    "band": N_("前一轮排在名额线附近的作品"),
}
CARRIES: dict[str, str] = {
    "restart": N_("重新开始，前一轮不计"),
    "weighted": N_("与前一轮按比例合计"),
    "pooled": N_("与前一轮的评分合并计算"),
}
PANEL_WAYS: dict[str, str] = {
    "none": N_("不分组"),
    "stage": N_("按学段分组"),
    "discipline": N_("按学科分组"),
    "free": N_("自己定分组"),
}


@dataclass(frozen=True)
class RoundChange:
    """One change of a round; a planned round that is discarded leaves nothing behind."""

    act: RoundAct
    source: RoundState
    target: RoundState | None
    label: str


@dataclass(frozen=True)
class TaskChange:
    """One change of a task; `round_states` are those in which its round allows it."""

    act: TaskAct
    source: TaskState
    target: TaskState
    round_states: tuple[RoundState, ...] = ("open",)


ROUND_CHANGES: tuple[RoundChange, ...] = (
    RoundChange("open", "planned", "open", N_("开始评审")),
    RoundChange("discard", "planned", None, N_("删除轮次")),
    RoundChange("close", "open", "closed", N_("截止评审")),
    RoundChange("rank", "closed", "ranked", N_("计算排名")),
)

TASK_CHANGES: tuple[TaskChange, ...] = (
    TaskChange("submit", "todo", "submitted"),
    TaskChange("correct", "submitted", "submitted"),
    TaskChange("declare", "todo", "conflict"),
    TaskChange("declare", "submitted", "conflict"),
    TaskChange("take_away", "todo", "void"),
    TaskChange("take_away", "submitted", "void"),
    TaskChange("give_again", "void", "todo"),
    TaskChange("give_again", "conflict", "todo"),
    TaskChange("set_aside", "submitted", "conflict", ("open", "closed")),
    TaskChange("count_again", "conflict", "submitted", ("open", "closed")),
)


def round_may(act: RoundAct, state: str) -> bool:
    """Whether a round in this state allows the act."""
    return any(change.act == act and change.source == state for change in ROUND_CHANGES)


def task_may(act: TaskAct, state: str, round_state: str) -> bool:
    """Whether a task in this state, in a round in that state, allows the act."""
    return any(c.act == act and c.source == state and round_state in c.round_states for c in TASK_CHANGES)


Phase = Literal["planned", "coming", "running", "over", "closed"]


def phase(state: str, opens_at: datetime, closes_at: datetime, now: datetime) -> Phase:
    """What a judge can do in a round now: mark while it is running; the last second of the window still counts."""
    if state == "planned":
        return "planned"
    if state != "open":
        return "closed"
    if now < opens_at:
        return "coming"
    return "running" if now.replace(microsecond=0) <= closes_at else "over"

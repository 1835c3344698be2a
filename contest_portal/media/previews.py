"""How far the previews of a file are, in words: waiting, being made, ready, failed and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from contest_portal.core.text import N_, Message
from contest_portal.media.facts import Problem

State = Literal["waiting", "running", "ready", "failed"]

NAMES: dict[str, str] = {
    "thumb": N_("缩略图"),
    "screen": N_("大图"),
    "tiles": N_("放大浏览图"),
    "poster": N_("影片封面"),
    "film720": N_("影片网页播放版"),
    "pages": N_("逐页预览"),
    "blind": N_("匿名副本"),
}
_WHY: dict[Problem, str] = {
    Problem.TOOK_TOO_LONG: N_("在规定时间内没有生成完。服务器空闲时可以再试一次"),
    Problem.TOOK_TOO_MUCH: N_("文件展开后太大，服务器内存不够"),
    Problem.BROKE_THE_READER: N_("文件的一部分读不出来"),
}
_DIED = N_("生成时服务器中断了。可以再试一次")


@dataclass(frozen=True)
class Preview:
    """One derivative as pages need it. `problem`: a code of `facts.Problem`; empty where the job itself died."""

    kind: str
    state: State
    progress: int = 0
    problem: str = ""
    sha256: str = ""
    width: int = 0
    height: int = 0
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> Message:
        return Message(NAMES.get(self.kind, self.kind))

    @property
    def why(self) -> Message:
        """Why it failed, and what may help."""
        problem = next((one for one in Problem if one.value == self.problem), None)
        why = _DIED if problem is None else _WHY.get(problem, _WHY[Problem.BROKE_THE_READER])
        return Message.of(N_("%(what)s没有生成：%(why)s。"), what=self.name, why=Message(why))


@dataclass(frozen=True)
class FilePreviews:
    """All that is made of one file."""

    all: Sequence[Preview] = ()

    def get(self, kind: str) -> Preview | None:
        """That kind in whatever state; None where it is not made of such a file."""
        return next((one for one in self.all if one.kind == kind), None)

    def ready(self, kind: str) -> Preview | None:
        """That kind where it is ready."""
        found = self.get(kind)
        return found if found is not None and found.state == "ready" else None

    @property
    def shown(self) -> str:
        """What there is to look at, in one word for the page: where it is the same, nothing new has come to be seen."""
        return "-".join(one.kind for one in self.all if one.state == "ready" and one.kind not in {"thumb", "blind"})

    @property
    def failed(self) -> list[Preview]:
        return [one for one in self.all if one.state == "failed"]

    @property
    def is_under_way(self) -> bool:
        return any(one.state in {"waiting", "running"} for one in self.all)

    def of_judges(self) -> FilePreviews:
        """Without what judges have no use for: the thumbnail."""
        return FilePreviews([one for one in self.all if one.kind != "thumb"])

    def without(self, kind: str) -> FilePreviews:
        """All the others."""
        return FilePreviews([one for one in self.all if one.kind != kind])

    @property
    def under_way(self) -> tuple[Message, int | None] | None:
        """What is being made, and the percent where that is known; None where nothing is."""
        running = [one for one in self.all if one.state == "running"]
        if running:
            slowest = max(running, key=lambda one: one.kind in {"film720", "pages", "tiles"})
            message = Message.of(
                N_("正在生成%(what)s，已完成 %(percent)s%%"), what=slowest.name, percent=slowest.progress
            )
            return message, slowest.progress
        waiting = [one for one in self.all if one.state == "waiting"]
        if waiting:
            return Message.of(N_("等待生成：%(what)s"), what=joined([one.name for one in waiting])), None
        return None


def joined(names: Sequence[Message]) -> Message:
    """Up to three names in one sentence."""
    if len(names) == 1:
        return names[0]
    if len(names) == 2:
        return Message.of(N_("%(first)s、%(second)s"), first=names[0], second=names[1])
    return Message.of(N_("%(first)s等 %(count)s 种预览"), first=names[0], count=len(names))

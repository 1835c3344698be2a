"""What the checks of files share: measures in words, the finding about a measure, the proportion of a frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from contest_portal.contests.rules import Aspect, SlotRules
from contest_portal.core.text import N_, Message
from contest_portal.entries.checks.facts import FileFacts
from contest_portal.entries.checks.findings import Finding, error

BYTES_PER_MB = 1024 * 1024
# Floating ratios at the very edge of a tolerance count as within it.
_STRIP = 20  # a proportion from which two decimals say less than a whole number
_RATIO_SLACK = 1e-9


def anchor_of(slot: SlotRules) -> str:
    """The id of the slot's field in the form."""
    return f"slot-{slot.code}"


def wrong(
    code: str, slot: SlotRules, file: FileFacts, rule: Message, source: str, measured: object, limit: object
) -> Finding:
    """The error about a measure; `source` says it with places for `measured` and `limit`, without the file's name."""
    what = Message.of(source, measured=measured, limit=limit)
    return error(code, anchor_of(slot), rule, Message.of(N_("「%(name)s」%(what)s"), name=file.name, what=what))


def unmeasured(slot: SlotRules, file: FileFacts, what: str) -> Finding:
    """The error about a file of which something that the slot limits could not be read."""
    rule = Message.of(N_("文件应完整，能够打开"))
    message = Message.of(N_("「%(name)s」读不出%(what)s，请重新导出后上传"), name=file.name, what=Message.of(what))
    return error("file-unmeasured", anchor_of(slot), rule, message)


def size_text(size_bytes: int, rounding: Callable[[float], int] = math.ceil) -> str:
    """A size in MB with two decimals at most. Rounds up, so that one byte over a limit is seen to be over it."""
    hundredths = rounding(size_bytes * 100 / BYTES_PER_MB)
    return f"{hundredths / 100:.10g} MB"


def length_text(seconds: int) -> Message:
    """A film's length in minutes and seconds."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return Message.of(N_("%(seconds)s 秒"), seconds=rest)
    if not rest:
        return Message.of(N_("%(minutes)s 分钟"), minutes=minutes)
    return Message.of(N_("%(minutes)s 分 %(seconds)s 秒"), minutes=minutes, seconds=rest)


def range_text(low: int | None, high: int | None) -> Message:
    """From and to of a film's length, as short as people say it; at least one of them is given."""
    if low is None or high is None:
        source = N_("不少于 %(length)s") if high is None else N_("不超过 %(length)s")
        return Message.of(source, length=length_text(low or high or 0))
    if low % 60 or high % 60:
        return Message.of(N_("%(low)s至 %(high)s"), low=length_text(low), high=length_text(high))
    return Message.of(N_("%(low)s–%(high)s 分钟"), low=low // 60, high=high // 60)


def aspect_fits(aspect: Aspect, width: int, height: int) -> bool:
    """Whether a picture of these sides has the proportion, within its tolerance, upright too where that is allowed."""
    wanted = aspect.width / aspect.height
    ratios = [width / height]
    if aspect.either_way:
        ratios.append(height / width)
    return any(abs(ratio / wanted - 1) <= aspect.tolerance + _RATIO_SLACK for ratio in ratios)


def _ratio_text(ratio: float) -> str:
    """1.41 as it is; what is no picture's proportion any more as people say it: 60000:1."""
    if ratio >= _STRIP:
        return f"{ratio:.0f}:1"
    return f"1:{1 / ratio:.0f}" if ratio <= 1 / _STRIP else f"{ratio:.2f}"


def aspect_findings(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
    """Whether a picture or a film has the proportion that the slot asks for."""
    aspect = slot.aspect
    if not aspect or not file.width or not file.height or aspect_fits(aspect, file.width, file.height):
        return
    limit = f"{aspect.width:g}:{aspect.height:g}"
    rule = Message.of(
        N_("%(label)s的画面比例为 %(limit)s（约 %(ratio)s），误差不超过 %(percent)s%%"),
        label=slot.label,
        limit=limit,
        ratio=f"{aspect.width / aspect.height:.2f}",
        percent=f"{aspect.tolerance * 100:g}",
    )
    width, height = file.width, file.height
    if aspect.either_way and (width < height) != (aspect.width < aspect.height):
        width, height = height, width
    measured = Message.of(
        N_("%(width)s × %(height)s 像素（约 %(ratio)s）"),
        width=file.width,
        height=file.height,
        ratio=_ratio_text(width / height),
    )
    wanted = Message.of(
        N_("%(limit)s（约 %(ratio)s，误差不超过 %(percent)s%%）"),
        limit=limit,
        ratio=f"{aspect.width / aspect.height:.2f}",
        percent=f"{aspect.tolerance * 100:g}",
    )
    yield wrong("aspect", slot, file, rule, N_("的画面是 %(measured)s，比例应为 %(limit)s"), measured, wanted)

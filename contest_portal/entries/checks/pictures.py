"""Checks on one picture: sides, pixels, proportion, sharpness."""

from __future__ import annotations

import math
from collections.abc import Iterator

from contest_portal.contests.file_kinds import FILE_KINDS
from contest_portal.contests.rules import SlotRules
from contest_portal.core.text import N_, Message
from contest_portal.entries.checks.facts import FileFacts
from contest_portal.entries.checks.findings import Finding, warning
from contest_portal.entries.checks.measures import anchor_of, aspect_findings, unmeasured, wrong

PIXELS_PER_WAN = 10_000
PICTURE_KINDS = frozenset(kind.code for kind in FILE_KINDS.values() if kind.family == "image")


def has_too_many_pixels(slot: SlotRules, file: FileFacts) -> bool:
    """Whether the picture has more pixels than the slot takes."""
    measured = (file.width or 0) * (file.height or 0)
    return file.kind in PICTURE_KINDS and slot.max_pixels is not None and measured > slot.max_pixels


def picture_findings(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
    """What is wrong with a whole picture of a kind that the slot takes."""
    if not file.width or not file.height:
        if slot.min_long_side_px or slot.max_pixels or slot.aspect:
            yield unmeasured(slot, file, N_("画面尺寸"))
        return
    long_side = max(file.width, file.height)
    if slot.min_long_side_px and long_side < slot.min_long_side_px:
        rule = Message.of(N_("%(label)s的长边不少于 %(limit)s 像素"), label=slot.label, limit=slot.min_long_side_px)
        yield wrong(
            "image-too-small",
            slot,
            file,
            rule,
            N_("的长边是 %(measured)s 像素，至少要 %(limit)s 像素"),
            long_side,
            slot.min_long_side_px,
        )
    if slot.max_pixels and has_too_many_pixels(slot, file):
        limit = f"{math.floor(slot.max_pixels * 100 / PIXELS_PER_WAN) / 100:.12g}"
        yield wrong(
            "image-too-large",
            slot,
            file,
            Message.of(N_("%(label)s不超过 %(limit)s 万像素"), label=slot.label, limit=limit),
            N_("的画面是 %(measured)s 万像素，上限 %(limit)s 万像素"),
            Message.of(
                N_("%(width)s × %(height)s = %(pixels)s"),
                width=file.width,
                height=file.height,
                pixels=f"{math.ceil(file.width * file.height * 100 / PIXELS_PER_WAN) / 100:.12g}",
            ),
            limit,
        )
        if file.problem:  # nothing of such a picture was looked at: one line says enough
            return
    yield from aspect_findings(slot, file)
    yield from _sharpness(slot, file)


def _sharpness(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
    if slot.min_sharpness is None or file.sharpness is None or file.sharpness >= slot.min_sharpness:
        return
    rule = Message.of(N_("%(label)s应清晰，没有虚焦和抖动（只作提醒，不影响提交）"), label=slot.label)
    message = Message.of(
        N_(
            "「%(name)s」的清晰度是 %(measured)s 分，要求不低于 %(limit)s 分（满分 100 分），可能没有对准焦或手抖。"
            "请放大看看，模糊的宜重新拍摄或扫描"
        ),
        name=file.name,
        measured=file.sharpness,
        limit=slot.min_sharpness,
    )
    yield warning("image-blurred", anchor_of(slot), rule, message)

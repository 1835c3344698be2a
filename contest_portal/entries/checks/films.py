"""Checks on one film: length, frame, codecs, sound."""

from __future__ import annotations

from collections.abc import Iterator

from contest_portal.contests.rules import SlotRules
from contest_portal.core.text import N_, Message
from contest_portal.entries.checks.facts import FileFacts
from contest_portal.entries.checks.findings import Finding, warning
from contest_portal.entries.checks.measures import (
    anchor_of,
    aspect_findings,
    length_text,
    range_text,
    unmeasured,
    wrong,
)


def film_findings(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
    """What is wrong with a whole film of a kind that the slot takes."""
    yield from _film_length(slot, file)
    yield from _film_frame(slot, file)
    for measured, wanted, rule, source in (
        (
            file.video_codec,
            slot.video_codecs,
            N_("影片的画面编码为 %(limit)s"),
            N_("的画面编码是 %(measured)s，应为 %(limit)s"),
        ),
        (
            file.audio_codec,
            slot.audio_codecs,
            N_("影片的声音编码为 %(limit)s"),
            N_("的声音编码是 %(measured)s，应为 %(limit)s"),
        ),
    ):
        if wanted and measured and measured.lower() not in wanted:
            limit = "、".join(codec.upper() for codec in wanted)
            yield wrong("film-codec", slot, file, Message.of(rule, limit=limit), source, measured.upper(), limit)
    if file.silent:
        rule_of_sound = Message.of(N_("%(label)s一般应有声音（只作提醒，不影响提交）"), label=slot.label)
        message = Message.of(N_("「%(name)s」没有声音，或全程静音。不是有意如此的，请重新导出后上传"), name=file.name)
        yield warning("film-silent", anchor_of(slot), rule_of_sound, message)


def _film_length(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
    low, high = slot.min_seconds, slot.max_seconds
    if low is None and high is None:
        return
    if file.duration_seconds is None:
        yield unmeasured(slot, file, N_("时长"))
        return
    # Encoders end a film within a fraction of the second that was meant.
    seconds = round(file.duration_seconds)
    if low is not None and high is not None:
        rule = Message.of(N_("影片时长为 %(low)s至 %(high)s"), low=length_text(low), high=length_text(high))
    elif low is not None:
        rule = Message.of(N_("影片不短于 %(low)s"), low=length_text(low))
    else:
        rule = Message.of(N_("影片不超过 %(high)s"), high=length_text(high or 0))
    is_short = low is not None and seconds < low
    if is_short or (high is not None and seconds > high):
        code = "film-too-short" if is_short else "film-too-long"
        source = N_("长 %(measured)s，要求 %(limit)s")
        yield wrong(code, slot, file, rule, source, length_text(seconds), range_text(low, high))


def _film_frame(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
    if not file.width or not file.height:
        if slot.min_width_px or slot.min_height_px or slot.aspect or slot.video_codecs:
            yield unmeasured(slot, file, N_("画面"))
        return
    if file.width < (slot.min_width_px or 0) or file.height < (slot.min_height_px or 0):
        limit = f"{slot.min_width_px or 1} × {slot.min_height_px or 1}"
        rule = Message.of(N_("影片的画面不小于 %(limit)s 像素"), limit=limit)
        source = N_("的画面是 %(measured)s 像素，至少要 %(limit)s 像素")
        yield wrong("film-too-small", slot, file, rule, source, f"{file.width} × {file.height}", limit)
    yield from aspect_findings(slot, file)

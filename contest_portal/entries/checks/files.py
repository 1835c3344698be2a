"""Checks on the files in the slots: there, of the right kind, whole, and within sizes and lengths."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import PurePath

from contest_portal.contests.file_kinds import FILE_KINDS, kind_by_name, kind_label
from contest_portal.contests.rules import Aspect, SlotRules
from contest_portal.core.text import N_, Message
from contest_portal.entries.checks.facts import EntryFacts, FileFacts
from contest_portal.entries.checks.findings import Finding, error, warning

BYTES_PER_MB = 1024 * 1024
PIXELS_PER_WAN = 10_000
PICTURE_KINDS = frozenset(kind.code for kind in FILE_KINDS.values() if kind.family == "image")
# Floating ratios at the very edge of a tolerance count as within it.
_RATIO_SLACK = 1e-9


def slot_findings(facts: EntryFacts) -> Iterator[Finding]:
    """Every slot of the category with the files that lie in it, then files in slots that are no more."""
    for slot in facts.rules.slots:
        files = [file for file in facts.files if file.slot == slot.code]
        yield from _number_findings(facts, slot, len(files))
        for file in files:
            yield from file_findings(slot, file)
    for file in facts.files:
        if facts.rules.slot(file.slot) is None:
            rule = Message.of(N_("文件应放在本类别的材料项中"))
            message = Message.of(N_("「%(name)s」所在的材料项已不在本类别中，请删去或另行上传"), name=file.name)
            yield warning("file-without-slot", "files", rule, message)


def is_required(facts: EntryFacts, slot: SlotRules) -> bool:
    """Whether the slot must hold a file in this entry: always, or because a yes/no question was answered yes."""
    return slot.required or (slot.required_when is not None and facts.fields.get(slot.required_when) is True)


def _number_findings(facts: EntryFacts, slot: SlotRules, count: int) -> Iterator[Finding]:
    anchor = _anchor(slot)
    if count == 0 and is_required(facts, slot):
        rule = Message.of(N_("%(label)s是必交材料"), label=slot.label)
        if not slot.required:
            asked = next(field.label for field in facts.rules.fields if field.code == slot.required_when)
            rule = Message.of(N_("「%(asked)s」选了「是」，须交%(label)s"), asked=asked, label=slot.label)
        yield error("slot-missing", anchor, rule, Message.of(N_("还没有上传%(label)s"), label=slot.label))
    if count > slot.max_files:
        rule = Message.of(N_("%(label)s不超过 %(limit)s 个文件"), label=slot.label, limit=slot.max_files)
        message = Message.of(N_("现在是 %(measured)s 个文件，上限 %(limit)s 个"), measured=count, limit=slot.max_files)
        yield error("slot-too-many-files", anchor, rule, message)


def file_findings(slot: SlotRules, file: FileFacts) -> list[Finding]:
    """What is wrong with one file for this slot; also asked before an uploaded file is taken in.

    A file that is damaged, locked or of another kind gives that one finding and its size's; its further measures are
    not looked at.
    """
    findings = list(_size(slot, file))
    broken = list(_integrity(slot, file)) or list(_kind(slot, file))
    if broken:
        return findings + broken
    kind = FILE_KINDS[file.kind]
    if kind.family == "image":
        findings += _picture(slot, file)
    elif kind.family == "film":
        findings += _film(slot, file)
    elif slot.max_pages is not None and file.pages is not None and file.pages > slot.max_pages:
        rule = Message.of(N_("%(label)s不超过 %(limit)s 页"), label=slot.label, limit=slot.max_pages)
        findings.append(
            _wrong(
                "file-pages", slot, file, rule, N_("有 %(measured)s 页，上限 %(limit)s 页"), file.pages, slot.max_pages
            )
        )
    return findings + list(_name_agrees(slot, file))


def _anchor(slot: SlotRules) -> str:
    return f"slot-{slot.code}"


def _wrong(
    code: str, slot: SlotRules, file: FileFacts, rule: Message, source: str, measured: object, limit: object
) -> Finding:
    what = Message.of(source, measured=measured, limit=limit)
    return error(code, _anchor(slot), rule, Message.of(N_("「%(name)s」%(what)s"), name=file.name, what=what))


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


def _size(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
    rule = Message.of(
        N_("%(label)s每个文件不超过 %(limit)s"), label=slot.label, limit=size_text(slot.max_bytes, math.floor)
    )
    if file.size_bytes > slot.max_bytes:
        yield _wrong(
            "file-too-big",
            slot,
            file,
            rule,
            N_("的大小是 %(measured)s，上限 %(limit)s"),
            size_text(file.size_bytes),
            size_text(slot.max_bytes, math.floor),
        )


def _integrity(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
    rule = Message.of(N_("文件应完整，能够打开"))
    if file.size_bytes == 0:
        message = Message.of(N_("「%(name)s」是空文件，请重新上传"), name=file.name)
        yield error("file-empty", _anchor(slot), rule, message)
    elif _has_too_many_pixels(slot, file):
        # Probing gives up on such a picture; the slot's own limit says better what is wrong.
        return
    elif file.problem:
        message = Message.of(N_("「%(name)s」：%(what)s"), name=file.name, what=file.problem)
        yield error("file-unusable", _anchor(slot), rule, message)
    elif file.damaged:
        message = Message.of(N_("「%(name)s」已损坏或不完整，打不开，请重新导出后上传"), name=file.name)
        yield error("file-damaged", _anchor(slot), rule, message)
    elif file.encrypted:
        message = Message.of(N_("「%(name)s」加了密码，打不开，请去掉密码后上传"), name=file.name)
        yield error("file-encrypted", _anchor(slot), rule, message)


def _has_too_many_pixels(slot: SlotRules, file: FileFacts) -> bool:
    measured = (file.width or 0) * (file.height or 0)
    return file.kind in PICTURE_KINDS and slot.max_pixels is not None and measured > slot.max_pixels


def _kind(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
    if file.kind in slot.kinds and file.kind in FILE_KINDS:
        return
    allowed = "、".join(kind_label(kind) for kind in slot.kinds)
    rule = Message.of(N_("%(label)s只收 %(allowed)s"), label=slot.label, allowed=allowed)
    promised = kind_by_name(file.name)
    params = {"name": file.name, "allowed": allowed, "extension": PurePath(file.name).suffix.lower()}
    if file.kind not in FILE_KINDS:
        source = N_("「%(name)s」的内容认不出是哪种文件，这里只收 %(allowed)s")
    elif promised and promised.code != file.kind:
        source = N_("「%(name)s」的文件名是 %(extension)s，内容其实是 %(kind)s；这里只收 %(allowed)s")
    else:
        source = N_("「%(name)s」是 %(kind)s 文件，这里只收 %(allowed)s")
    yield error("file-kind", _anchor(slot), rule, Message.of(source, kind=kind_label(file.kind), **params))


def _name_agrees(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
    promised = kind_by_name(file.name)
    if promised and promised.code != file.kind:
        rule = Message.of(N_("文件名的扩展名应与内容一致"))
        message = Message.of(
            N_("「%(name)s」的文件名是 %(extension)s，内容其实是 %(kind)s，请改好扩展名后重新上传"),
            name=file.name,
            extension=PurePath(file.name).suffix.lower(),
            kind=kind_label(file.kind),
        )
        yield error("file-name-differs", _anchor(slot), rule, message)


def _unmeasured(slot: SlotRules, file: FileFacts, what: str) -> Finding:
    rule = Message.of(N_("文件应完整，能够打开"))
    message = Message.of(N_("「%(name)s」读不出%(what)s，请重新导出后上传"), name=file.name, what=Message.of(what))
    return error("file-unmeasured", _anchor(slot), rule, message)


def _picture(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
    if not file.width or not file.height:
        if slot.min_long_side_px or slot.max_pixels or slot.aspect:
            yield _unmeasured(slot, file, N_("画面尺寸"))
        return
    long_side = max(file.width, file.height)
    if slot.min_long_side_px and long_side < slot.min_long_side_px:
        rule = Message.of(N_("%(label)s的长边不少于 %(limit)s 像素"), label=slot.label, limit=slot.min_long_side_px)
        yield _wrong(
            "image-too-small",
            slot,
            file,
            rule,
            N_("的长边是 %(measured)s 像素，至少要 %(limit)s 像素"),
            long_side,
            slot.min_long_side_px,
        )
    if slot.max_pixels and _has_too_many_pixels(slot, file):
        limit = f"{math.floor(slot.max_pixels * 100 / PIXELS_PER_WAN) / 100:.12g}"
        yield _wrong(
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
    yield from _aspect(slot, file)


def aspect_fits(aspect: Aspect, width: int, height: int) -> bool:
    """Whether a picture of these sides has the proportion, within its tolerance, upright too where that is allowed."""
    wanted = aspect.width / aspect.height
    ratios = [width / height]
    if aspect.either_way:
        ratios.append(height / width)
    return any(abs(ratio / wanted - 1) <= aspect.tolerance + _RATIO_SLACK for ratio in ratios)


def _aspect(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
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
        ratio=f"{width / height:.2f}",
    )
    yield _wrong("aspect", slot, file, rule, N_("的画面是 %(measured)s，比例应为 %(limit)s"), measured, limit)


def _film(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
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
            yield _wrong("film-codec", slot, file, Message.of(rule, limit=limit), source, measured.upper(), limit)


def _film_length(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
    low, high = slot.min_seconds, slot.max_seconds
    if low is None and high is None:
        return
    if file.duration_seconds is None:
        yield _unmeasured(slot, file, N_("时长"))
        return
    # Encoders end a film within a fraction of the second that was meant.
    seconds = round(file.duration_seconds)
    if low is not None and high is not None:
        rule = Message.of(N_("影片时长为 %(low)s至 %(high)s"), low=length_text(low), high=length_text(high))
    elif low is not None:
        rule = Message.of(N_("影片不短于 %(low)s"), low=length_text(low))
    else:
        rule = Message.of(N_("影片不超过 %(high)s"), high=length_text(high or 0))
    if low is not None and seconds < low:
        source = N_("长 %(measured)s，不足 %(limit)s")
        yield _wrong("film-too-short", slot, file, rule, source, length_text(seconds), length_text(low))
    elif high is not None and seconds > high:
        source = N_("长 %(measured)s，超过 %(limit)s")
        yield _wrong("film-too-long", slot, file, rule, source, length_text(seconds), length_text(high))


def _film_frame(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
    if not file.width or not file.height:
        if slot.min_width_px or slot.min_height_px or slot.aspect or slot.video_codecs:
            yield _unmeasured(slot, file, N_("画面"))
        return
    if file.width < (slot.min_width_px or 0) or file.height < (slot.min_height_px or 0):
        limit = f"{slot.min_width_px or 1} × {slot.min_height_px or 1}"
        rule = Message.of(N_("影片的画面不小于 %(limit)s 像素"), limit=limit)
        source = N_("的画面是 %(measured)s 像素，至少要 %(limit)s 像素")
        yield _wrong("film-too-small", slot, file, rule, source, f"{file.width} × {file.height}", limit)
    yield from _aspect(slot, file)

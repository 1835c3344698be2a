"""Which changes of slots and extra fields would break entries that are there already."""

from __future__ import annotations

from collections.abc import Iterator

from contest_portal.contests.file_kinds import kind_label
from contest_portal.contests.rule_usage import CategoryUsage, SlotUsage, fits_above, fits_below, is_lowered, is_raised
from contest_portal.contests.rules import CategoryRules, ExtraField, SlotRules
from contest_portal.core.text import N_, Message

Changes = Iterator[Message]

_AT_MOST = {
    "max_bytes": N_("文件大小"),
    "max_files": N_("文件个数"),
    "max_pixels": N_("图片总像素"),
    "max_seconds": N_("影片时长"),
    "max_pages": N_("页数"),
}
_AT_LEAST = {
    "min_long_side_px": N_("图片长边"),
    "min_seconds": N_("影片时长"),
    "min_width_px": N_("画面宽度"),
    "min_height_px": N_("画面高度"),
}


def slot_changes(old: CategoryRules, new: CategoryRules, usage: CategoryUsage) -> Changes:
    """A sentence for each change of the slots that files in them stand against."""
    for slot in old.slots:
        used = usage.slots.get(slot.code, SlotUsage())
        changed = new.slot(slot.code)
        if changed is None:
            if used.entries:
                yield Message.of(
                    N_("材料项「%(label)s」已有 %(count)s 件作品交了文件，不能删除"),
                    label=slot.label,
                    count=used.entries,
                )
        else:
            yield from _one_slot_changes(slot, changed, used, usage)
    for slot in new.slots:
        if slot.required and old.slot(slot.code) is None and usage.submitted:
            yield Message.of(
                N_("已有 %(count)s 件作品提交，新增的材料项「%(label)s」不能设为必交"),
                label=slot.label,
                count=usage.submitted,
            )


def _one_slot_changes(old: SlotRules, new: SlotRules, used: SlotUsage, usage: CategoryUsage) -> Changes:
    newly_asked = (new.required and not old.required) or (
        new.required_when is not None and not old.required and new.required_when != old.required_when
    )
    without = usage.slots[old.code].submitted_without if old.code in usage.slots else usage.submitted
    if newly_asked and without:
        yield Message.of(
            N_("已有 %(count)s 件提交的作品没有「%(label)s」，不能改为必交"), label=old.label, count=without
        )
    for kind in old.kinds:
        if kind not in new.kinds and used.kinds.get(kind):
            yield Message.of(
                N_("材料项「%(label)s」已有 %(count)s 件作品交了 %(kind)s 文件，不能去掉这种格式"),
                label=old.label,
                count=used.kinds[kind],
                kind=kind_label(kind),
            )
    if not used.entries:
        return
    for key, name in _AT_MOST.items():
        if is_lowered(getattr(old, key), getattr(new, key)) and not fits_below(used.largest, key, getattr(new, key)):
            yield _slot_tightened(old, name)
    for key, name in _AT_LEAST.items():
        if is_raised(getattr(old, key), getattr(new, key)) and not fits_above(used.smallest, key, getattr(new, key)):
            yield _slot_tightened(old, name)
    if new.aspect is not None and new.aspect != old.aspect and not _is_looser_aspect(old, new):
        yield _slot_tightened(old, N_("画面比例"))
    for key, name in (("video_codecs", N_("视频编码")), ("audio_codecs", N_("音频编码"))):
        before, after = set(getattr(old, key)), set(getattr(new, key))
        if after and (not before or not before <= after):
            yield _slot_tightened(old, name)


def _slot_tightened(slot: SlotRules, what: str) -> Message:
    return Message.of(
        N_("材料项「%(label)s」已有作品交了文件，「%(what)s」的要求不能改得更严"), label=slot.label, what=Message(what)
    )


def _is_looser_aspect(old: SlotRules, new: SlotRules) -> bool:
    before, after = old.aspect, new.aspect
    if before is None or after is None:
        return after is None
    same_ratio = abs(before.width * after.height - before.height * after.width) < 1e-9
    return same_ratio and after.tolerance >= before.tolerance and (after.either_way or not before.either_way)


def field_changes(old: CategoryRules, new: CategoryRules, usage: CategoryUsage) -> Changes:
    """A sentence for each change of the extra fields that answers to them stand against."""
    after = {one.code: one for one in new.fields}
    for one in old.fields:
        answered = usage.answers.get(one.code, 0)
        changed = after.get(one.code)
        if changed is None:
            if answered:
                yield Message.of(
                    N_("填报项「%(label)s」已有 %(count)s 件作品填写，不能删除"), label=one.label, count=answered
                )
        else:
            yield from _one_field_changes(one, changed, answered, usage)
    before = {one.code for one in old.fields}
    for one in new.fields:
        if one.required and one.code not in before and usage.submitted:
            yield Message.of(
                N_("已有 %(count)s 件作品提交，新增的填报项「%(label)s」不能设为必填"),
                label=one.label,
                count=usage.submitted,
            )


def _one_field_changes(old: ExtraField, new: ExtraField, answered: int, usage: CategoryUsage) -> Changes:
    without = usage.unanswered.get(old.code, usage.submitted)
    if new.required and not old.required and without:
        yield Message.of(
            N_("已有 %(count)s 件提交的作品没有填「%(label)s」，不能改为必填"), label=old.label, count=without
        )
    if not answered:
        return
    if new.kind != old.kind and (old.kind, new.kind) != ("text", "longtext"):
        yield Message.of(
            N_("填报项「%(label)s」已有 %(count)s 件作品填写，类型不能再改"), label=old.label, count=answered
        )
        return
    for choice, count in usage.choices.get(old.code, {}).items():
        if new.kind == "choice" and count and choice not in new.choices:
            yield Message.of(
                N_("填报项「%(label)s」的选项「%(choice)s」已有 %(count)s 件作品选用，不能删除"),
                label=old.label,
                choice=choice,
                count=count,
            )
    lowered = is_lowered(old.max_length, new.max_length)
    narrowed = (
        (lowered and not fits_below(usage.largest, f"answer_length:{old.code}", new.max_length))
        or (is_lowered(old.maximum, new.maximum) and not fits_below(usage.largest, f"answer:{old.code}", new.maximum))
        or (is_raised(old.minimum, new.minimum) and not fits_above(usage.smallest, f"answer:{old.code}", new.minimum))
        or (new.not_before is not None and new.not_before != old.not_before)
    )
    if usage.submitted and narrowed:
        yield Message.of(
            N_("填报项「%(label)s」已有 %(count)s 件作品填写，范围不能改得更窄"), label=old.label, count=answered
        )

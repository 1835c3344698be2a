"""Which changes of a category's rules would break entries that are there already. Loosening never does."""

from __future__ import annotations

from collections.abc import Iterator

from contest_portal.contests.rule_usage import CategoryUsage, fits_above, fits_below, is_lowered, is_raised
from contest_portal.contests.rules import CategoryRules
from contest_portal.contests.slot_changes import field_changes, slot_changes
from contest_portal.core.text import N_, Message

Changes = Iterator[Message]


def breaking_changes(old: CategoryRules, new: CategoryRules, usage: CategoryUsage) -> list[Message]:
    """A sentence for each change from `old` to `new` that entries in use stand against; empty when it may be made."""
    changes = [*_criteria_changes(old, new, usage)]
    if usage.numbered and old.number_code != new.number_code:
        changes.append(
            Message.of(
                N_("已有 %(count)s 件作品按代码「%(code)s」编了号，编号代码不能再改"),
                count=usage.numbered,
                code=old.number_code,
            )
        )
    if usage.entries:
        changes += _kind_changes(old, new, usage)
        changes += _stage_changes(old, new, usage)
        changes += _discipline_changes(old, new, usage)
        changes += slot_changes(old, new, usage)
        changes += field_changes(old, new, usage)
    if usage.submitted:
        changes += _people_changes(old, new, usage)
        changes += _length_changes(old, new, usage)
        changes += _day_changes(old, new, usage)
        changes += _limit_changes(old, new, usage)
    return changes


def _kind_changes(old: CategoryRules, new: CategoryRules, usage: CategoryUsage) -> Changes:
    if old.applicant_kind != new.applicant_kind:
        yield Message.of(N_("这一类别已有 %(count)s 件作品，申报者的类型不能再改"), count=usage.entries)


def _stage_changes(old: CategoryRules, new: CategoryRules, usage: CategoryUsage) -> Changes:
    for group in old.stage_groups:
        count = usage.stages.get(group.code, 0)
        changed = new.stage_group(group.code)
        if count and changed is None:
            yield Message.of(
                N_("学段组「%(name)s」已有 %(count)s 件作品，不能删除或改代码"), name=group.name, count=count
            )
        elif count and changed is not None and not set(group.stages) <= set(changed.stages):
            yield Message.of(
                N_("学段组「%(name)s」已有 %(count)s 件作品，不能去掉其中的学段"), name=group.name, count=count
            )


def _discipline_changes(old: CategoryRules, new: CategoryRules, usage: CategoryUsage) -> Changes:
    if not new.disciplines:  # nothing is asked any more: what was answered stays
        return
    kept = {item for listed in new.disciplines for item in listed.items}
    for item, count in usage.disciplines.items():
        if item and item not in kept:
            yield Message.of(
                N_("%(label)s「%(item)s」已有 %(count)s 件作品选用，不能删除"),
                label=old.discipline_label,
                item=item,
                count=count,
            )
    if not old.disciplines and usage.submitted:
        yield Message.of(
            N_("已有 %(count)s 件作品提交时没有选%(label)s，不能再要求填写"),
            label=new.discipline_label,
            count=usage.submitted,
        )


def _criteria_changes(old: CategoryRules, new: CategoryRules, usage: CategoryUsage) -> Changes:
    after = {criterion.code: criterion for criterion in new.criteria}
    for criterion in old.criteria:
        if criterion.code not in usage.opened_criteria:
            continue
        if criterion.code not in after:
            yield Message.of(N_("评分项「%(name)s」正在评审中使用，不能删除"), name=criterion.name)
        elif after[criterion.code].max_points != criterion.max_points:
            yield Message.of(N_("评分项「%(name)s」正在评审中使用，分值不能再改"), name=criterion.name)
    added = set(after) - {criterion.code for criterion in old.criteria}
    if usage.opened_criteria and added:
        yield Message(N_("评审已经开始，不能再增加评分项"))


def _people_changes(old: CategoryRules, new: CategoryRules, usage: CategoryUsage) -> Changes:
    for key, before, after, name in (
        ("authors", old.authors, new.authors, N_("作者人数")),
        ("tutors", old.tutors, new.tutors, N_("辅导教师人数")),
    ):
        lowered = is_lowered(before.maximum, after.maximum) and not fits_below(usage.largest, key, after.maximum)
        raised = is_raised(before.minimum, after.minimum) and not fits_above(usage.smallest, key, after.minimum)
        if lowered or raised:
            yield _tightened(name, usage)
    if usage.largest.get("authors", 2) > 1:
        for flag, name in (
            ("first_required", N_("须有第一作者")),
            ("same_stage", N_("作者须同学段")),
            ("same_county", N_("作者须同县区")),
            ("shares_required", N_("须填写承担比例")),
        ):
            if getattr(new.authors, flag) and not getattr(old.authors, flag):
                yield Message.of(
                    N_("已有 %(count)s 件作品提交，不能再增加「%(name)s」的要求"),
                    count=usage.submitted,
                    name=Message(name),
                )
    if is_raised(old.consent_under_age or None, new.consent_under_age or None):
        yield _tightened(N_("须有监护人同意的年龄"), usage)


def _length_changes(old: CategoryRules, new: CategoryRules, usage: CategoryUsage) -> Changes:
    if new.title_max_length < old.title_max_length and not fits_below(
        usage.largest, "title_length", new.title_max_length
    ):
        yield _tightened(N_("题目长度"), usage)
    if new.group_name_max_length < old.group_name_max_length and not fits_below(
        usage.largest, "group_name_length", new.group_name_max_length
    ):
        yield _tightened(N_("群体名称长度"), usage)
    if new.summary is None:
        return
    before = old.summary
    asked = new.summary.required and (before is None or not before.required)
    if asked and not fits_above(usage.smallest, "summary_length", 1):
        yield Message.of(N_("已有提交的作品没有填「%(label)s」，不能改为必填"), label=new.summary.label)
    if (
        before is not None
        and new.summary.max_length < before.max_length
        and not fits_below(usage.largest, "summary_length", new.summary.max_length)
    ):
        yield _tightened(N_("简介长度"), usage)


def _day_changes(old: CategoryRules, new: CategoryRules, usage: CategoryUsage) -> Changes:
    before, after = old.age, new.age
    if after is not None:
        same_day = before is not None and before.on == after.on
        low = after.min_years is not None and (
            not same_day or is_raised(before.min_years if before else None, after.min_years)
        )
        high = after.max_years is not None and (
            not same_day or is_lowered(before.max_years if before else None, after.max_years)
        )
        known = same_day or before is None
        if (low and not (known and fits_above(usage.smallest, "age_years", after.min_years))) or (
            high and not (known and fits_below(usage.largest, "age_years", after.max_years))
        ):
            yield _tightened(N_("年龄"), usage)
    if new.completion is not None and new.completion != old.completion:
        window = old.completion
        wider = window is not None and new.completion.from_on <= window.from_on and window.to_on <= new.completion.to_on
        first_last = usage.completed
        fits = first_last and new.completion.from_on <= first_last[0] and first_last[1] <= new.completion.to_on
        if not wider and not fits:
            yield _tightened(N_("完成时间"), usage)


def _limit_changes(old: CategoryRules, new: CategoryRules, usage: CategoryUsage) -> Changes:
    before = {limit.key: limit for limit in old.limits}
    for limit in new.limits:
        known = before.get(limit.key)
        if is_lowered(known.count if known else None, limit.count) and not fits_below(
            usage.largest, f"limit:{limit.key}", limit.count
        ):
            yield _tightened(N_("每人限报数"), usage)
    quota = new.school_quota
    if quota is not None:
        lowest = min([quota.count, *(one.count for one in quota.classes)])
        old_classes = {one.school_class: one.count for one in old.school_quota.classes} if old.school_quota else {}
        classes = {one.school_class: one.count for one in quota.classes}
        lowered = old.school_quota is None or any(
            quota.count_for(one) < old.school_quota.count_for(one) for one in {None, *old_classes, *classes}
        )
        if lowered and not fits_below(usage.largest, "entries_of_school", lowest):
            yield _tightened(N_("学校名额"), usage)


def _tightened(what: str, usage: CategoryUsage) -> Message:
    return Message.of(
        N_("已有 %(count)s 件作品提交，「%(what)s」的要求不能改得更严"), count=usage.submitted, what=Message(what)
    )

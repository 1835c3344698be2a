"""A category's rules as sentences that a parent or a teacher reads: who, what, how large, until when."""

from __future__ import annotations

from contest_portal.contests.file_kinds import FILE_KINDS, kind_label
from contest_portal.contests.rules import AgeRule, ApplicantKind, CategoryRules, ExtraField, FieldKind, SlotRules
from contest_portal.core.text import N_, Message

Pair = tuple[Message, Message]

APPLICANT_NAMES: dict[ApplicantKind, str] = {
    "pupil": N_("学生个人"),
    "team_or_pupil": N_("学生个人或集体"),
    "group": N_("学生群体（小组、班级、社团等）"),
    "teacher": N_("教师个人"),
}
FIELD_KIND_NAMES: dict[FieldKind, str] = {
    "text": N_("一行文字"),
    "longtext": N_("多行文字"),
    "choice": N_("单选"),
    "date": N_("日期"),
    "number": N_("数字"),
    "bool": N_("是或否"),
}
PIXELS_PER_WAN = 10_000
_ASPECT = N_("画面比例 %(width)s:%(height)s")
_CODEC_NAMES = {"h264": "H.264", "hevc": "H.265", "aac": "AAC", "mp3": "MP3"}


def applicant(rules: CategoryRules) -> Message:
    """Who applies, with the number of authors."""
    if rules.applicant_kind == "team_or_pupil":
        return Message.of(N_("学生个人，或不超过 %(count)s 人的集体"), count=rules.authors.maximum)
    return Message(APPLICANT_NAMES[rules.applicant_kind])


def requirements(rules: CategoryRules) -> list[Pair]:
    """(what, sentence) for everything asked of people and texts, files aside; what is not asked is left out."""
    return [*people_requirements(rules), *limit_requirements(rules), *text_requirements(rules)]


def people_requirements(rules: CategoryRules) -> list[Pair]:
    """What is asked of authors and tutors."""
    pairs: list[Pair] = [(Message(N_("申报者")), applicant(rules))]
    team = _team(rules)
    if team:
        pairs.append((Message(N_("集体项目")), _joined(team)))
    if rules.tutors.maximum:
        pairs.append((Message(rules.tutors.label), _count_of_people(rules.tutors.minimum, rules.tutors.maximum)))
    if rules.age:
        pairs.append((Message(N_("年龄")), age(rules.age)))
    if rules.consent_under_age and rules.applicant_kind not in {"teacher", "group"}:
        sentence = N_("不满 %(age)s 周岁的学生，提交前须有监护人同意")
        pairs.append((Message(N_("监护人同意")), Message.of(sentence, age=rules.consent_under_age)))
    return pairs


def limit_requirements(rules: CategoryRules) -> list[Pair]:
    """How many entries, and finished when."""
    pairs: list[Pair] = []
    for limit in rules.limits:
        sentence = N_("%(label)s限 %(count)s %(measure)s")
        pairs.append(
            (
                Message(N_("每人限报")),
                Message.of(sentence, count=limit.count, measure=rules.measure, label=limit.label),
            )
        )
    if rules.school_quota:
        pairs.append((Message(N_("每校名额")), _quota(rules)))
    if rules.school_space_mb:
        sentence = N_("每校在本类别的文件合计不超过 %(limit)s MB")
        pairs.append((Message(N_("文件总量")), Message.of(sentence, limit=rules.school_space_mb)))
    if rules.completion:
        first, last = rules.completion.from_on.isoformat(), rules.completion.to_on.isoformat()
        pairs.append((Message(N_("完成时间")), Message.of(N_("%(first)s 至 %(last)s"), first=first, last=last)))
    return pairs


def text_requirements(rules: CategoryRules) -> list[Pair]:
    """The groups, and the lengths of texts."""
    pairs: list[Pair] = []
    if any(group.stages for group in rules.stage_groups):
        pairs.append((Message(N_("组别")), Message("、".join(group.name for group in rules.stage_groups))))
    pairs.append((Message(N_("题目")), Message.of(N_("不超过 %(count)s 字"), count=rules.title_max_length)))
    if rules.applicant_kind == "group":
        sentence = N_("不超过 %(count)s 字，写群体的名称，不写个人姓名")
        pairs.append((Message(N_("申报者名称")), Message.of(sentence, count=rules.group_name_max_length)))
    if rules.summary:
        sentence = N_("不超过 %(count)s 字，必填") if rules.summary.required else N_("不超过 %(count)s 字，选填")
        pairs.append((Message(rules.summary.label), Message.of(sentence, count=rules.summary.max_length)))
    return pairs


def _team(rules: CategoryRules) -> list[Message]:
    if rules.authors.maximum < 2:
        return []
    flags = (
        (rules.authors.first_required, N_("须确定 1 名第一作者")),
        (rules.authors.same_stage, N_("作者须在同一学段")),
        (rules.authors.same_county, N_("作者须在同一县区")),
        (rules.authors.shares_required, N_("须写明各人承担的比例")),
        (rules.authors.fixed_after_deadline, N_("申报截止后作者名单不再变更")),
    )
    return [Message(sentence) for flag, sentence in flags if flag]


def _joined(parts: list[Message]) -> Message:
    joined = parts[0]
    for part in parts[1:]:
        joined = Message.of(N_("%(first)s；%(next)s"), first=joined, next=part)
    return joined


def _count_of_people(low: int, high: int) -> Message:
    if low == high:
        return Message.of(N_("%(count)s 名"), count=high)
    if low == 0:
        return Message.of(N_("不超过 %(count)s 名"), count=high)
    return Message.of(N_("%(low)s 至 %(high)s 名"), low=low, high=high)


def age(rule: AgeRule) -> Message:
    """The ages allowed and the day on which they count."""
    low, high = rule.min_years, rule.max_years
    if low is not None and high is not None:
        years = Message.of(N_("%(low)s 至 %(high)s 周岁"), low=low, high=high)
    elif low is not None:
        years = Message.of(N_("满 %(low)s 周岁"), low=low)
    else:
        years = Message.of(N_("不超过 %(high)s 周岁"), high=high)
    if rule.on:
        return Message.of(N_("%(years)s（%(day)s 当天）"), years=years, day=rule.on.isoformat())
    return Message.of(N_("%(years)s（按申报截止日计算）"), years=years)


def _quota(rules: CategoryRules) -> Message:
    quota = rules.school_quota
    assert quota is not None
    text = Message.of(N_("不超过 %(count)s %(measure)s"), count=quota.count, measure=rules.measure)
    for one in quota.classes:
        text = Message.of(
            N_("%(first)s；%(name)s %(count)s %(measure)s"),
            first=text,
            name=one.name,
            count=one.count,
            measure=rules.measure,
        )
    return text


def slot_need(slot: SlotRules, rules: CategoryRules) -> Message:
    """Whether the slot must be filled."""
    if slot.required:
        return Message(N_("必交"))
    asked = next((one for one in rules.fields if one.code == slot.required_when), None)
    if asked is not None:
        return Message.of(N_("「%(label)s」选「是」时必交"), label=asked.label)
    return Message(N_("选交"))


def slot_lines(slot: SlotRules) -> list[Message]:
    """What the files of a slot must be, a sentence each."""
    lines = [Message.of(N_("%(kinds)s 格式"), kinds="、".join(kind_label(kind) for kind in slot.kinds))]
    if slot.max_files > 1:
        lines.append(
            Message.of(N_("最多 %(count)s 个，每个不超过 %(size)s"), count=slot.max_files, size=size(slot.max_bytes))
        )
    else:
        lines.append(Message.of(N_("不超过 %(size)s"), size=size(slot.max_bytes)))
    if slot.max_pages:
        lines.append(Message.of(N_("不超过 %(count)s 页"), count=slot.max_pages))
    if slot.min_long_side_px:
        lines.append(Message.of(N_("长边不少于 %(count)s 像素"), count=slot.min_long_side_px))
    if slot.min_sharpness:
        lines.append(
            Message.of(
                N_("画面清晰，清晰度不低于 %(points)s 分（满分 100 分，不足的会提醒）"), points=slot.min_sharpness
            )
        )
    if slot.min_width_px or slot.min_height_px:
        lines.append(
            Message.of(
                N_("画面不小于 %(width)s×%(height)s"), width=slot.min_width_px or 1, height=slot.min_height_px or 1
            )
        )
    if slot.max_pixels:
        lines.append(Message.of(N_("总像素不超过 %(count)s 万"), count=_plain(slot.max_pixels / PIXELS_PER_WAN)))
    if slot.aspect:
        source = N_("画面比例 %(width)s:%(height)s，横、竖均可") if slot.aspect.either_way else _ASPECT
        width, height = _plain(slot.aspect.width), _plain(slot.aspect.height)
        lines.append(Message.of(source, width=width, height=height))
    if slot.min_seconds or slot.max_seconds:
        lines.append(_length(slot))
    codecs = [_CODEC_NAMES.get(code, code) for code in (*slot.video_codecs, *slot.audio_codecs)]
    if codecs:
        lines.append(Message.of(N_("编码 %(codecs)s"), codecs=" / ".join(codecs)))
    return lines


def _length(slot: SlotRules) -> Message:
    low = duration(slot.min_seconds) if slot.min_seconds else None
    high = duration(slot.max_seconds) if slot.max_seconds else None
    if low and high:
        return Message.of(N_("时长 %(low)s 至 %(high)s"), low=low, high=high)
    return Message.of(N_("时长不少于 %(low)s"), low=low) if low else Message.of(N_("时长不超过 %(high)s"), high=high)


def duration(seconds: int) -> Message:
    """A length of time in minutes and seconds."""
    minutes, rest = divmod(seconds, 60)
    if minutes and rest:
        return Message.of(N_("%(minutes)s 分 %(seconds)s 秒"), minutes=minutes, seconds=rest)
    return (
        Message.of(N_("%(minutes)s 分钟"), minutes=minutes)
        if minutes
        else Message.of(N_("%(seconds)s 秒"), seconds=rest)
    )


def size(amount: int) -> str:
    """Bytes as people read them: 10 MB, 2 GB, 500 KB."""
    for unit, bytes_of_unit in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if amount >= bytes_of_unit:
            return f"{_plain(round(amount / bytes_of_unit, 1))} {unit}"
    return f"{amount} B"


def field_lines(field: ExtraField) -> list[Message]:
    """What an answer must be, a sentence each."""
    lines = [Message(N_("必填") if field.required else N_("选填"))]
    if field.kind == "choice":
        lines.append(Message.of(N_("从中选一项：%(choices)s"), choices="、".join(field.choices)))
    else:
        lines.append(Message(FIELD_KIND_NAMES[field.kind]))
    if field.max_length:
        lines.append(Message.of(N_("不超过 %(count)s 字"), count=field.max_length))
    if field.minimum is not None and field.maximum is not None:
        lines.append(Message.of(N_("%(low)s 至 %(high)s"), low=_plain(field.minimum), high=_plain(field.maximum)))
    elif field.minimum is not None:
        lines.append(Message.of(N_("不小于 %(low)s"), low=_plain(field.minimum)))
    elif field.maximum is not None:
        lines.append(Message.of(N_("不大于 %(high)s"), high=_plain(field.maximum)))
    return lines


def offered_kinds() -> list[tuple[str, str]]:
    """(code, label) of the kinds of file a slot may ask for; those that can carry scripts are not offered."""
    return [(kind.code, kind.label) for kind in FILE_KINDS.values() if kind.code not in {"svg", "html"}]


def _plain(number: float) -> str:
    return f"{number:g}" if number < 1e6 else str(round(number))

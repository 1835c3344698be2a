"""Checks on what was typed: title, summary, group name, discipline, dates and the category's own questions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any

from contest_portal.contests.rules import ExtraField
from contest_portal.core.text import N_, Message
from contest_portal.entries.checks.eligibility import stage_group_of
from contest_portal.entries.checks.facts import EntryFacts
from contest_portal.entries.checks.findings import Finding, error, warning

YES_OR_NO = N_("请在「%(label)s」中选择「是」或「否」")
_LINE_TEXT = "\n\t"
_NAME_SEPARATORS = re.compile(r"[、，,;；&＆和与\s]+")


def text_length(text: str) -> int:
    """How long a text counts: its characters, a line break as one, blanks around it not at all."""
    return len(text.replace("\r\n", "\n").strip())


def invisible_characters(text: str, *, allowed: str = "") -> list[str]:
    """The control and invisible formatting characters of a text as `U+0007`, each once, in order."""
    found = [
        f"U+{ord(character):04X}"
        for character in text.replace("\r\n", "\n")
        if character not in allowed and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    ]
    return list(dict.fromkeys(found))


def text_findings(facts: EntryFacts) -> Iterator[Finding]:
    """Findings on title, summary and group name."""
    rules = facts.rules
    yield from _text(
        "title", "title", Message.of(N_("作品名称")), facts.title, limit=rules.title_max_length, required=True
    )
    if rules.summary:
        yield from _text(
            "summary",
            "summary",
            rules.summary.label,
            facts.summary,
            limit=rules.summary.max_length,
            required=rules.summary.required,
            allowed=_LINE_TEXT,
        )
    if rules.applicant_kind == "group":
        label = Message.of(N_("申报群体名称"))
        yield from _text(
            "group-name", "group-name", label, facts.group_name, limit=rules.group_name_max_length, required=True
        )
        yield from _group_name_findings(facts)


def _text(
    code: str, anchor: str, label: str | Message, text: str, *, limit: int | None, required: bool, allowed: str = ""
) -> Iterator[Finding]:
    length = text_length(text)
    if not length:
        if required:
            yield error(
                f"{code}-missing",
                anchor,
                Message.of(N_("%(label)s必须填写"), label=label),
                Message.of(N_("还没有填写%(label)s"), label=label),
            )
        return
    if limit is not None and length > limit:
        yield error(
            f"{code}-too-long",
            anchor,
            Message.of(N_("%(label)s不超过 %(limit)s 字"), label=label, limit=limit),
            Message.of(
                N_("%(label)s现在是 %(measured)s 字，上限 %(limit)s 字，请删去 %(over)s 字"),
                label=label,
                measured=length,
                limit=limit,
                over=length - limit,
            ),
        )
    invisible = invisible_characters(text, allowed=allowed)
    if invisible:
        yield error(
            f"{code}-invisible-characters",
            anchor,
            Message.of(N_("%(label)s不能含有控制字符或不可见字符"), label=label),
            Message.of(N_("%(label)s中有不可见字符 %(found)s，请重新输入"), label=label, found=_listed(invisible)),
        )


def _listed(found: list[str], most: int = 5) -> str:
    return "、".join(found[:most]) + ("…" if len(found) > most else "")


def _group_name_findings(facts: EntryFacts) -> Iterator[Finding]:
    rule = Message.of(N_("申报者写群体的名称，不写个人姓名"))
    listed = [author.name for author in facts.authors] + [tutor.name for tutor in facts.tutors]
    people = {_bare(name) for name in listed} - {""}
    names = people | {_bare(name) for name in facts.known_names}
    whole = _bare(facts.group_name)
    parts = [_bare(part) for part in _NAME_SEPARATORS.split(facts.group_name) if part]
    if whole and (whole in names or (len(parts) > 1 and all(part in names for part in parts))):
        message = Message.of(N_("「%(name)s」是个人姓名，请改写群体的名称"), name=facts.group_name.strip())
        yield error("group-name-is-a-person", "group-name", rule, message)
        return
    for person in sorted(name for name in people if len(name) > 1 and name in whole):
        message = Message.of(N_("群体名称中含有「%(name)s」的姓名，请核对"), name=person)
        yield warning("group-name-holds-a-name", "group-name", rule, message)


def _bare(name: str) -> str:
    return re.sub(r"[\s·•]", "", unicodedata.normalize("NFKC", name))


def discipline_findings(facts: EntryFacts) -> Iterator[Finding]:
    """A discipline chosen from the list of the entry's stage group, when the category has one."""
    rules = facts.rules
    derived = stage_group_of(rules, (author.stage for author in facts.authors))
    group = rules.stage_group(facts.stage_group) or derived
    every = tuple(item for listed in rules.disciplines for item in listed.items)
    choices = rules.disciplines_for(group.code) if group else every
    if not choices:
        return
    label = rules.discipline_label
    if not facts.discipline:
        yield error(
            "discipline-missing",
            "discipline",
            Message.of(N_("%(label)s必须选择"), label=label),
            Message.of(N_("还没有选择%(label)s"), label=label),
        )
    elif facts.discipline not in choices:
        yield error(
            "discipline-not-listed",
            "discipline",
            Message.of(
                N_("%(label)s从「%(group)s」的表中选择：%(choices)s"),
                label=label,
                group=group.name if group else Message.of(N_("本类别")),
                choices="、".join(choices),
            ),
            Message.of(
                N_("「%(value)s」不在「%(group)s」的%(label)s表中，请重新选择"),
                value=facts.discipline,
                group=group.name if group else Message.of(N_("本类别")),
                label=label,
            ),
        )


def completion_findings(facts: EntryFacts) -> Iterator[Finding]:
    """The work was finished within the window, both days included."""
    window = facts.rules.completion
    if not window:
        return
    rule = Message.of(N_("作品应在 %(from_on)s 至 %(to_on)s 期间完成"), from_on=window.from_on, to_on=window.to_on)
    if facts.completed_on is None:
        yield error("completed-on-missing", "completed-on", rule, Message.of(N_("还没有填写完成日期")))
    elif facts.completed_on < window.from_on:
        message = Message.of(
            N_("完成日期 %(measured)s 早于 %(limit)s"), measured=facts.completed_on, limit=window.from_on
        )
        yield error("completed-too-early", "completed-on", rule, message)
    elif facts.completed_on > window.to_on:
        message = Message.of(
            N_("完成日期 %(measured)s 晚于 %(limit)s"), measured=facts.completed_on, limit=window.to_on
        )
        yield error("completed-too-late", "completed-on", rule, message)


def field_findings(facts: EntryFacts) -> Iterator[Finding]:
    """Each of the category's own questions answered, in its kind and within its limits."""
    for field in facts.rules.fields:
        value = facts.fields.get(field.code)
        if value is None or (isinstance(value, str) and not value.strip()):
            if field.required and field.kind == "bool":
                rule = Message.of(YES_OR_NO, label=field.label)
                yield _field_error(field, "field-missing", rule, rule)
            elif field.required:
                yield _field_error(
                    field,
                    "field-missing",
                    Message.of(N_("%(label)s必须填写"), label=field.label),
                    Message.of(N_("还没有填写%(label)s"), label=field.label),
                )
        elif field.kind in ("text", "longtext"):
            yield from _text(
                "field",
                f"field-{field.code}",
                field.label,
                str(value),
                limit=field.max_length,
                required=field.required,
                allowed=_LINE_TEXT if field.kind == "longtext" else "",
            )
        elif field.kind == "choice":
            yield from _choice(field, value)
        elif field.kind == "number":
            yield from _number(field, value)
        elif field.kind == "date":
            yield from _date(field, value, facts)
        elif not isinstance(value, bool):
            rule = Message.of(YES_OR_NO, label=field.label)
            yield _field_error(field, "field-wrong-kind", rule, rule)


def _field_error(field: ExtraField, code: str, rule: Message, message: Message) -> Finding:
    return error(code, f"field-{field.code}", rule, message)


def _choice(field: ExtraField, value: Any) -> Iterator[Finding]:
    if value not in field.choices:
        yield _field_error(
            field,
            "field-not-a-choice",
            Message.of(
                N_("%(label)s从以下各项中选择：%(choices)s"), label=field.label, choices="、".join(field.choices)
            ),
            Message.of(N_("「%(value)s」不在可选的各项之中，请重新选择"), value=str(value)[:40]),
        )


def _number(field: ExtraField, value: Any) -> Iterator[Finding]:
    number = _as_number(value)
    if number is None:
        yield _field_error(
            field,
            "field-wrong-kind",
            Message.of(N_("%(label)s应为数字"), label=field.label),
            Message.of(N_("「%(value)s」不是数字"), value=str(value)[:40]),
        )
    elif field.minimum is not None and number < field.minimum:
        yield _field_error(
            field,
            "field-too-small",
            Message.of(N_("%(label)s不小于 %(limit)s"), label=field.label, limit=_plain(field.minimum)),
            Message.of(N_("现在是 %(measured)s，下限 %(limit)s"), measured=_plain(number), limit=_plain(field.minimum)),
        )
    elif field.maximum is not None and number > field.maximum:
        yield _field_error(
            field,
            "field-too-large",
            Message.of(N_("%(label)s不大于 %(limit)s"), label=field.label, limit=_plain(field.maximum)),
            Message.of(N_("现在是 %(measured)s，上限 %(limit)s"), measured=_plain(number), limit=_plain(field.maximum)),
        )


def _date(field: ExtraField, value: Any, facts: EntryFacts) -> Iterator[Finding]:
    day = _as_date(value)
    if day is None:
        yield _field_error(
            field,
            "field-wrong-kind",
            Message.of(N_("%(label)s应为日期，如 2018-06-30"), label=field.label),
            Message.of(N_("「%(value)s」不是日期"), value=str(value)[:40]),
        )
        return
    earlier = next((one for one in facts.rules.fields if one.code == field.not_before), None)
    start = _as_date(facts.fields.get(earlier.code)) if earlier else None
    if earlier and start and day < start:
        yield _field_error(
            field,
            "field-too-early",
            Message.of(N_("%(label)s不早于%(other)s"), label=field.label, other=earlier.label),
            Message.of(
                N_("%(label)s %(measured)s 早于%(other)s %(limit)s"),
                label=field.label,
                measured=day,
                other=earlier.label,
                limit=start,
            ),
        )


def _plain(number: float) -> str:
    return f"{number:.12g}"


def _as_number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    # nan and the infinities are no answers.
    return number if abs(number) < float("inf") else None


def _as_date(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None

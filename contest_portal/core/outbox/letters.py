"""Texts of mails and SMS with fields in braces: an office writes its own, unknown fields are refused. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from contest_portal.core.errors import FieldProblem, Invalid
from contest_portal.core.text import N_, Message

MOST_SUBJECT, MOST_BODY, MOST_SMS = 100, 2000, 200
COMMON_FIELDS: Mapping[str, str] = {
    "name": N_("收件人姓名"),
    "school": N_("收件人的学校"),
    "office": N_("主办单位"),
    "topic": N_("消息的类型"),
    "link": N_("查看的网址"),
}
_FIELD = re.compile(r"\{([^{}\n]*)\}")
_LEFT_OVER = re.compile(r"[{}]")


@dataclass(frozen=True)
class Letter:
    """What is written for one occasion. `samples`: the occasion's own fields with a value for the preview."""

    code: str
    kind: str
    label: str
    subject: str
    body: str
    sms: str
    own_fields: Mapping[str, str]
    samples: Mapping[str, str]
    roles: tuple[str, ...]

    @property
    def fields(self) -> Mapping[str, str]:
        """Field → what it says, as the office reads it."""
        return {**COMMON_FIELDS, **self.own_fields}


@dataclass(frozen=True)
class Texts:
    """Subject and body of a mail, and the text of an SMS, with or without their fields filled in."""

    subject: str
    body: str
    sms: str


LETTERS: dict[str, Letter] = {}


def letter(
    code: str,
    kind: str,
    label: str,
    *,
    subject: str,
    body: str,
    sms: str,
    fields: Mapping[str, tuple[str, str]] | None = None,
    roles: tuple[str, ...] = (),
) -> Letter:
    """Register an occasion with the texts it has until an office writes its own.

    `fields`: name → (what it says, a sample). `roles`: whom the preview looks for when nobody has had such a letter.
    """
    own = fields or {}
    made = Letter(
        code,
        kind,
        label,
        subject,
        body,
        sms,
        {name: label_ for name, (label_, _sample) in own.items()},
        {name: sample for name, (_label, sample) in own.items()},
        roles,
    )
    LETTERS[code] = made
    return made


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled in; a field without a value leaves nothing."""
    return _FIELD.sub(lambda match: values.get(match[1].strip(), ""), text)


def filled_all(texts: Texts, values: Mapping[str, str]) -> Texts:
    """All three, the subject on one line."""
    subject = " ".join(filled(texts.subject, values).split())
    return Texts(subject, filled(texts.body, values).strip(), filled(texts.sms, values).strip())


def checked(kind: Letter, texts: Texts) -> Texts:
    """What an office has typed, without blanks around it. Raises Invalid with a problem for each field."""
    clean = Texts(" ".join(texts.subject.split()), texts.body.replace("\r\n", "\n").strip(), texts.sms.strip())
    problems = [
        problem
        for field, text, most in (
            ("subject", clean.subject, MOST_SUBJECT),
            ("body", clean.body, MOST_BODY),
            ("sms", clean.sms, MOST_SMS),
        )
        for problem in _problems(kind, field, text, most)
    ]
    if problems:
        raise Invalid("core.letter", N_("模板没有保存，请按提示修改。"), problems=problems)
    return clean


def _problems(kind: Letter, field: str, text: str, most: int) -> list[FieldProblem]:
    found: list[Message] = []
    if not text:
        found.append(Message.of(N_("请填写内容。")))
    if len(text) > most:
        found.append(Message.of(N_("现有 %(count)s 字，最多 %(most)s 字。"), count=len(text), most=most))
    allowed = "、".join(f"{{{name}}}" for name in kind.fields)
    unknown = [name for name in dict.fromkeys(_FIELD.findall(text)) if name.strip() not in kind.fields]
    found.extend(
        Message.of(N_("没有名为 {%(name)s} 的字段，这里可用：%(allowed)s。"), name=name, allowed=allowed)
        for name in unknown
    )
    if _LEFT_OVER.search(_FIELD.sub("", text)):
        found.append(Message.of(N_("花括号 { } 没有成对，字段应写成 {school} 这样。")))
    return [FieldProblem(field, message) for message in found]


NOTICE = letter(
    "notice",
    "other",
    N_("一般消息"),
    subject=N_("您有新的消息：{topic}"),
    body=N_("{name}，您好！\n\n您在{office}的竞赛系统中有新的消息（{topic}）。\n{link}\n\n{office}"),
    sms=N_("{name}您好，您有新的消息（{topic}），请登录{office}竞赛系统查看。"),
    roles=("teacher", "school_manager", "judge"),
)

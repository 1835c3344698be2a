"""What a person or a program puts into a draft: plain values, and what of it is refused at once. Pure.

A draft may be incomplete or against the category's rules: that is what the list of missing things is for. Refused is
only what nobody means: texts many times too long, control characters, two first authors.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from contest_portal.core.text import N_, Message

MOST_TITLE = 200
MOST_GROUP_NAME = 100
MOST_DUTY = 200
MOST_TEXT = 5_000
MOST_PEOPLE = 20
_CONTROL = ("Cc", "Cs")


@dataclass(frozen=True)
class AuthorInput:
    """One author: a pupil or a teacher by id, the share of the work in percent, what he or she did."""

    student_id: int | None = None
    teacher_id: int | None = None
    is_first: bool = False
    share_percent: int | None = None
    duty: str = ""

    @property
    def key(self) -> str:
        """`student-12` or `teacher-3`: the person as forms and snapshots name them."""
        return f"student-{self.student_id}" if self.student_id is not None else f"teacher-{self.teacher_id}"


@dataclass(frozen=True)
class DraftInput:
    """All that a form says about an entry, its files aside. `answers` by the codes of the category's own questions,
    dates among them as ISO text; `tutors` are teachers' ids in their order."""

    title: str = ""
    summary: str = ""
    group_name: str = ""
    stage_code: str = ""
    discipline: str = ""
    completed_on: date | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    authors: Sequence[AuthorInput] = ()
    tutors: Sequence[int] = ()


def cleaned(draft: DraftInput) -> DraftInput:
    """The same without what nobody sees: blanks around texts, zero-width characters that pasting brings along."""
    authors = tuple(replace(author, duty=clean_text(author.duty)) for author in draft.authors)
    if len(authors) == 1:
        authors = (replace(authors[0], is_first=True),)
    return replace(
        draft,
        title=clean_text(draft.title),
        summary=clean_text(draft.summary),
        group_name=clean_text(draft.group_name),
        discipline=clean_text(draft.discipline),
        answers={
            code: clean_text(value) if isinstance(value, str) else value
            for code, value in draft.answers.items()
            if value is not None and value != ""
        },
        authors=authors,
        tutors=tuple(draft.tutors),
    )


def clean_text(text: str) -> str:
    """Line ends as one sign, no invisible formatting characters, no blanks around."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in plain if unicodedata.category(c) != "Cf").strip()


def refusals(draft: DraftInput, labels: Mapping[str, Message | str]) -> list[tuple[str, Message]]:
    """(anchor of the field, sentence) for everything in a cleaned draft that is not even kept.

    `labels` names the fields by their anchors (`title`, `field-technique`); others are called by a general word.
    """
    return [*_text_refusals(draft, labels), *_people_refusals(draft)]


def _text_refusals(draft: DraftInput, labels: Mapping[str, Message | str]) -> Iterator[tuple[str, Message]]:
    texts: list[tuple[str, str, int, bool]] = [
        ("title", draft.title, MOST_TITLE, False),
        ("summary", draft.summary, MOST_TEXT, True),
        ("group-name", draft.group_name, MOST_GROUP_NAME, False),
        ("discipline", draft.discipline, 50, False),
        *((f"authors-{n}-duty", one.duty, MOST_DUTY, False) for n, one in enumerate(draft.authors, start=1)),
        *((f"field-{code}", value, MOST_TEXT, True) for code, value in draft.answers.items() if isinstance(value, str)),
    ]
    for anchor, text, most, has_lines in texts:
        label = labels.get(anchor) or Message(N_("这一项"))
        if len(text) > most:
            yield (
                anchor,
                Message.of(
                    N_("%(label)s有 %(measured)s 字，最多只能保存 %(limit)s 字，请删减后再保存"),
                    label=label,
                    measured=len(text),
                    limit=most,
                ),
            )
        elif has_control_characters(text, "\n\t" if has_lines else ""):
            yield anchor, Message.of(N_("%(label)s中有无法显示的控制字符，请删去后重新输入"), label=label)


def has_control_characters(text: str, allowed: str) -> bool:
    """Whether a text holds signs that no keyboard makes and PostgreSQL does not keep (NUL), other than the allowed."""
    return any(unicodedata.category(c) in _CONTROL and c not in allowed for c in text)


def _people_refusals(draft: DraftInput) -> Iterator[tuple[str, Message]]:
    first = sum(author.is_first for author in draft.authors)
    if first > 1:
        yield "authors", Message.of(N_("第一作者只能有一名，现在标了 %(count)s 名"), count=first)
    if len(draft.authors) > MOST_PEOPLE or len(draft.tutors) > MOST_PEOPLE:
        yield "authors", Message.of(N_("作者和辅导教师最多各填 %(limit)s 名"), limit=MOST_PEOPLE)
    keys = [author.key for author in draft.authors]
    for position, key in enumerate(keys, start=1):
        if key in keys[: position - 1]:
            yield f"authors-{position}", Message(N_("这名作者已经在名单中，同一人只写一次"))
    for position, teacher_id in enumerate(draft.tutors, start=1):
        if teacher_id in draft.tutors[: position - 1]:
            yield f"tutors-{position}", Message(N_("这名教师已经在名单中，同一人只写一次"))
    for position, author in enumerate(draft.authors, start=1):
        if author.share_percent is not None and not 0 <= author.share_percent <= 100:
            yield (
                f"authors-{position}-share",
                Message.of(N_("比例应在 0 到 100 之间，现在是 %(measured)s"), measured=author.share_percent),
            )

"""What was submitted, as one plain document: its fingerprint, and how two of them differ. Pure.

`queries.submitted.snapshot_of` makes the document from the records. Keys: number, contest, category, school, stage,
title, summary, group_name, discipline, completed_on, answers, authors, tutors, files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contest_portal.contests.rules import CategoryRules
from contest_portal.core.text import N_, Message

Snapshot = Mapping[str, Any]
Line = Message | str


def digest_of(snapshot: Snapshot) -> str:
    """SHA-256 of the document in canonical JSON, the files by their own SHA-256 within it; 64 hex digits."""
    text = json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def content_of(snapshot: Snapshot) -> dict[str, Any]:
    """What the school decides in the document: without what people's records say (a new class, a school's new name)."""
    return {
        **{key: snapshot.get(key) or "" for key in ("title", "summary", "group_name", "discipline", "completed_on")},
        "stage": (snapshot.get("stage") or {}).get("code") or "",
        "answers": dict(snapshot.get("answers") or {}),
        "authors": [
            (one["key"], one["is_first"], one["share_percent"], one["duty"]) for one in snapshot.get("authors", ())
        ],
        "tutors": [one["key"] for one in snapshot.get("tutors", ())],
        "files": sorted((one["slot"], one["sha256"], one["name"]) for one in snapshot.get("files", ())),
    }


def same_content(one: Snapshot, other: Snapshot) -> bool:
    """Whether the school would call the two documents the same."""
    return content_of(one) == content_of(other)


@dataclass(frozen=True)
class Difference:
    """One field of two documents: its name, its lines before and after (none where it was empty)."""

    label: Line
    old: tuple[Line, ...]
    new: tuple[Line, ...]


def differences(old: Snapshot, new: Snapshot, rules: CategoryRules) -> list[Difference]:
    """The fields in which two documents differ, in the order of the form."""
    pairs = [
        (label, before, after)
        for (label, before), (_label, after) in zip(_fields(old, rules), _fields(new, rules), strict=True)
    ]
    pairs += _file_pairs(old.get("files", ()), new.get("files", ()), rules)
    return [Difference(label, before, after) for label, before, after in pairs if before != after]


def _fields(snapshot: Snapshot, rules: CategoryRules) -> list[tuple[Line, tuple[Line, ...]]]:
    answers = snapshot.get("answers") or {}
    return [
        (Message(N_("作品名称")), _lines(snapshot.get("title"))),
        (rules.summary.label if rules.summary else Message(N_("内容简介")), _lines(snapshot.get("summary"))),
        (Message(N_("申报群体名称")), _lines(snapshot.get("group_name"))),
        (Message(N_("学段")), _lines((snapshot.get("stage") or {}).get("name"))),
        (rules.discipline_label, _lines(snapshot.get("discipline"))),
        (Message(N_("完成日期")), _lines(snapshot.get("completed_on"))),
        (Message(N_("作者")), tuple(author_line(one) for one in snapshot.get("authors", ()))),
        (rules.tutors.label, tuple(tutor_line(one) for one in snapshot.get("tutors", ()))),
        *((one.label, answer_lines(answers.get(one.code))) for one in rules.fields),
    ]


def _lines(text: str | None) -> tuple[Line, ...]:
    return tuple(text.split("\n")) if text else ()


def answer_lines(value: Any) -> tuple[Line, ...]:
    """An answer to one of the category's own questions as it is shown."""
    if value is None or value == "":
        return ()
    if isinstance(value, bool):
        return (Message(N_("是")) if value else Message(N_("否")),)
    return _lines(f"{value:.12g}" if isinstance(value, float) else str(value))


def author_line(author: Mapping[str, Any]) -> Message:
    """张晓明（西关小学），第一作者，60%，负责实验: an author in one line."""
    parts: list[Line] = [Message.of(N_("%(name)s（%(school)s）"), name=author["name"], school=author["school_name"])]
    if author["is_first"]:
        parts.append(Message(N_("第一作者")))
    if author["share_percent"] is not None:
        parts.append(f"{author['share_percent']}%")
    if author["duty"]:
        parts.append(author["duty"])
    return joined(parts)


def tutor_line(tutor: Mapping[str, Any]) -> Message:
    """李老师（西关小学）: a tutor in one line."""
    return Message.of(N_("%(name)s（%(school)s）"), name=tutor["name"], school=tutor["school_name"])


def joined(parts: Sequence[Line]) -> Message:
    """The parts one after another with a comma between them."""
    message = Message.of("%(only)s", only=parts[0])
    for part in parts[1:]:
        message = Message.of(N_("%(before)s，%(after)s"), before=message, after=part)
    return message


def _file_pairs(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], rules: CategoryRules
) -> list[tuple[Line, tuple[Line, ...], tuple[Line, ...]]]:
    """A pair a slot, in the category's order; slots that the category has no more come last."""
    slots = [slot.code for slot in rules.slots]
    slots += [one["slot"] for one in (*old, *new) if one["slot"] not in slots]
    return [
        (
            found.label if (found := rules.slot(code)) else code,
            tuple(file_line(one) for one in old if one["slot"] == code),
            tuple(file_line(one) for one in new if one["slot"] == code),
        )
        for code in dict.fromkeys(slots)
    ]


def file_line(file: Mapping[str, Any]) -> str:
    """报告.pdf · 3f9a2c71: the file's name and the beginning of its fingerprint, by which equal names are told apart."""
    return f"{file['name']} · {file['sha256'][:8]}"

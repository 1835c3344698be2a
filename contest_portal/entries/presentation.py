"""An entry's document (`queries.submitted.snapshot_of`) as pages, comparisons and printed sheets show it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from contest_portal.contests.file_kinds import FILE_KINDS, kind_label
from contest_portal.contests.rules import CategoryRules
from contest_portal.core.text import N_, Message
from contest_portal.entries.snapshots import Line, Snapshot, answer_lines
from contest_portal.people.grades import grade_name

PreviewKind = Literal["picture", "film", "pdf", "other"]


@dataclass(frozen=True)
class ShownFact:
    """A named value in lines; no line where nothing was written."""

    label: Line
    lines: tuple[Line, ...]
    is_long: bool = False


@dataclass(frozen=True)
class ShownPerson:
    """An author or a tutor. `place` is school with grade and class, or school with position."""

    name: str
    sex: str
    ethnic_group: str
    birth_month: str
    school: str
    grade: Line
    class_name: str
    position: str
    is_first: bool
    share: str
    duty: str


@dataclass(frozen=True)
class ShownFile:
    """A file with what a page needs to show it: `measure` says sides, pages or length."""

    name: str
    blob_id: int
    sha256: str
    kind: PreviewKind
    kind_label: str
    size_bytes: int
    measure: Message | None


@dataclass(frozen=True)
class ShownSlot:
    """A slot and what lies in it."""

    code: str
    label: str
    files: tuple[ShownFile, ...]


@dataclass(frozen=True)
class ShownEntry:
    """A whole entry: `facts` first, then people, the category's own questions, the files."""

    number: str
    title: str
    facts: tuple[ShownFact, ...]
    answers: tuple[ShownFact, ...]
    authors: tuple[ShownPerson, ...]
    tutors: tuple[ShownPerson, ...]
    slots: tuple[ShownSlot, ...]
    tutors_label: str
    is_team: bool


def shown_entry(snapshot: Snapshot, rules: CategoryRules) -> ShownEntry:
    """Everything in the document in the order of the form, with the words of the category's rules."""
    answers = snapshot.get("answers") or {}
    return ShownEntry(
        number=snapshot.get("number") or "",
        title=snapshot.get("title") or "",
        facts=tuple(_facts(snapshot, rules)),
        answers=tuple(
            ShownFact(field.label, answer_lines(answers.get(field.code)), field.kind == "longtext")
            for field in rules.fields
        ),
        authors=tuple(_person(one) for one in snapshot.get("authors", ())),
        tutors=tuple(_person(one) for one in snapshot.get("tutors", ())),
        slots=tuple(_slots(snapshot.get("files", ()), rules)),
        tutors_label=rules.tutors.label,
        is_team=len(snapshot.get("authors", ())) > 1,
    )


def _facts(snapshot: Snapshot, rules: CategoryRules) -> list[ShownFact]:
    def written(value: Any) -> tuple[Line, ...]:
        return tuple(str(value).split("\n")) if value else ()

    facts = [ShownFact(Message(N_("作品名称")), written(snapshot.get("title")))]
    if rules.applicant_kind == "group":
        facts.append(ShownFact(Message(N_("申报群体名称")), written(snapshot.get("group_name"))))
    if len(rules.stage_groups) > 1:
        facts.append(ShownFact(Message(N_("学段")), written((snapshot.get("stage") or {}).get("name"))))
    if rules.disciplines:
        facts.append(ShownFact(rules.discipline_label, written(snapshot.get("discipline"))))
    if rules.applicant_kind == "team_or_pupil" and snapshot.get("authors"):
        is_team = len(snapshot["authors"]) > 1
        kind = Message(N_("集体项目")) if is_team else Message(N_("个人项目"))
        facts.append(ShownFact(Message(N_("个人/集体")), (kind,)))
    if rules.completion:
        facts.append(ShownFact(Message(N_("完成日期")), written(snapshot.get("completed_on"))))
    if rules.summary:
        facts.append(ShownFact(rules.summary.label, written(snapshot.get("summary")), is_long=True))
    return facts


def grade_line(grade: int | None) -> Line:
    """七年级, 高一; empty where there is none."""
    return grade_name(grade) if grade else ""


def _person(one: Mapping[str, Any]) -> ShownPerson:
    return ShownPerson(
        name=one["name"],
        sex=one.get("sex") or "",
        ethnic_group=one.get("ethnic_group") or "",
        birth_month=one.get("birth_month") or "",
        school=one["school_name"],
        grade=grade_line(one.get("grade")),
        class_name=one.get("class_name") or "",
        position=" ".join(part for part in (one.get("position"), one.get("job_title")) if part),
        is_first=bool(one.get("is_first")),
        share=f"{one['share_percent']}%" if one.get("share_percent") is not None else "",
        duty=one.get("duty") or "",
    )


def _slots(files: Sequence[Mapping[str, Any]], rules: CategoryRules) -> list[ShownSlot]:
    codes = [slot.code for slot in rules.slots]
    codes += [code for code in dict.fromkeys(one["slot"] for one in files) if code not in codes]
    return [
        ShownSlot(
            code,
            slot.label if (slot := rules.slot(code)) else code,
            tuple(shown_file(one) for one in files if one["slot"] == code),
        )
        for code in codes
    ]


def shown_file(one: Mapping[str, Any]) -> ShownFile:
    """A file of the document, with how a page previews it."""
    return ShownFile(
        name=one["name"],
        blob_id=one["blob_id"],
        sha256=one["sha256"],
        kind=preview_kind(one["kind"]),
        kind_label=kind_label(one["kind"]),
        size_bytes=one["size_bytes"],
        measure=measure_of(one),
    )


def signed_form_slot(rules: CategoryRules) -> str:
    """The label of the slot that asks for the signed and stamped form before submission; empty where none does."""
    return next((slot.label for slot in rules.slots if slot.required and "申报书" in slot.label), "")


def preview_kind(kind: str) -> PreviewKind:
    """How a page shows a file of this kind, from what is made of it; the rest is offered for download."""
    found = FILE_KINDS.get(kind)
    if found is None or kind == "svg":
        return "other"
    if found.family == "image":
        return "picture"
    if found.family == "film":
        return "film"
    return "pdf" if kind == "pdf" else "other"


def measure_of(one: Mapping[str, Any]) -> Message | None:
    """Sides of a picture, pages of a document, length of a film."""
    if one.get("duration_seconds"):
        minutes, seconds = divmod(round(one["duration_seconds"]), 60)
        return Message.of(N_("%(minutes)s 分 %(seconds)s 秒"), minutes=minutes, seconds=seconds)
    if one.get("pages"):
        return Message.of(N_("%(count)s 页"), count=one["pages"])
    if one.get("width") and one.get("height"):
        return Message.of(N_("%(width)s × %(height)s 像素"), width=one["width"], height=one["height"])
    return None

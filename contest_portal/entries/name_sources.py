"""Of a submitted version: whose names to look for, and in which words, as far as judges of a blind round see them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contest_portal.contests.rules import CategoryRules
from contest_portal.entries.name_forms import Role, Wanted, wanted_names
from contest_portal.media.facts import Kind


@dataclass(frozen=True)
class TypedText:
    """What was typed into a part of the form."""

    place: str
    text: str


@dataclass(frozen=True)
class ReadableFile:
    """A file whose letters can be read."""

    place: str
    blob_id: int
    sha256: str


def names_of(snapshot: Mapping[str, Any], places: Iterable[str]) -> list[Wanted]:
    """Authors, tutors, the group, their schools, and the places: what the version says of whom it comes."""
    people = (*snapshot["authors"], *snapshot["tutors"])
    schools = [snapshot["school"]["name"], *(one["school_name"] for one in people)]
    found: list[tuple[str, Role]] = [
        *((one["name"], "author") for one in snapshot["authors"]),
        *((one["name"], "tutor") for one in snapshot["tutors"]),
        (snapshot["group_name"] or "", "group"),
        *((name, "school") for name in schools),
        *((name, "place") for name in places),
    ]
    return wanted_names(found)


def typed_texts(snapshot: Mapping[str, Any], rules: CategoryRules) -> list[TypedText]:
    """Title, summary and answers that judges see."""
    found = [TypedText("title", snapshot["title"] or "")]
    if rules.summary and rules.summary.judges_see:
        found.append(TypedText("summary", snapshot["summary"] or ""))
    for one in rules.fields:
        answer = snapshot["answers"].get(one.code)
        if one.judges_see and isinstance(answer, str):
            found.append(TypedText(one.code, answer))
    return [one for one in found if one.text.strip()]


def readable_files(snapshot: Mapping[str, Any], rules: CategoryRules) -> list[ReadableFile]:
    """The PDFs that judges see, each content once."""
    seen = {slot.code for slot in rules.slots if slot.judges_see}
    found: dict[int, ReadableFile] = {}
    for file in snapshot["files"]:
        if file["slot"] in seen and file["kind"] == Kind.PDF.value:
            found.setdefault(file["blob_id"], ReadableFile(file["slot"], file["blob_id"], file["sha256"]))
    return list(found.values())

"""What of a submitted entry is compared with others: its pictures, its documents, the words typed into its form. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SHORTEST_ANSWER = 12
"""Shorter answers are names, dates and choices."""


@dataclass(frozen=True)
class FileSource:
    """A file of the entry: its content, and where it lies."""

    sha256: str
    blob_id: int
    kind: str
    slot_code: str
    name: str


def files_of(snapshot: Mapping[str, Any]) -> list[FileSource]:
    """The files of a submitted version, each content once."""
    found: dict[str, FileSource] = {}
    for file in snapshot["files"]:
        source = FileSource(file["sha256"], file["blob_id"], file["kind"], file["slot"], file["name"])
        found.setdefault(source.sha256, source)
    return list(found.values())


def words_of(snapshot: Mapping[str, Any]) -> str:
    """What was typed: the summary and the longer answers, one below the other; empty where there is nothing of it."""
    answers = (snapshot.get("answers") or {}).values()
    longer = [answer for answer in answers if isinstance(answer, str) and len(answer) >= SHORTEST_ANSWER]
    return "\n".join([one for one in (snapshot.get("summary") or "", *longer) if one.strip()])

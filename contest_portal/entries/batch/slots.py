"""Which categories take many pictures at once, and what of a picture would stop its draft. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from contest_portal.contests.file_kinds import FILE_KINDS
from contest_portal.contests.rules import CategoryRules, SlotRules
from contest_portal.core.text import Message
from contest_portal.entries.checks import FileFacts, Finding, file_findings

_STOPPING = frozenset(
    {"file-empty", "file-unusable", "file-damaged", "file-encrypted", "file-kind", "file-too-big", "file-name-differs"}
)
"""What makes a picture useless whatever is filled in later; measures (proportion, long side) are told and can wait."""


def picture_slot(rules: CategoryRules) -> SlotRules | None:
    """The slot for the one picture that the category is about: the only one that must be filled, for one picture, of a
    pupil's work. None where pictures are not all of it."""
    required = [slot for slot in rules.slots if slot.required]
    if rules.applicant_kind not in {"pupil", "team_or_pupil"} or len(required) != 1:
        return None
    slot = required[0]
    is_picture = all(code in FILE_KINDS and FILE_KINDS[code].family == "image" for code in slot.kinds)
    return slot if is_picture and slot.max_files == 1 else None


def findings_on(slot: SlotRules, file: FileFacts) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
    """What stops the draft, and what is only told with it."""
    found: Sequence[Finding] = file_findings(slot, file)
    stopping = tuple(one.message for one in found if one.code in _STOPPING)
    return stopping, tuple(one.message for one in found if one.code not in _STOPPING)

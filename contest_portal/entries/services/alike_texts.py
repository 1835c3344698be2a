"""Whether two texts of entries are alike, beyond what their form prints. Comparing stands outside transactions."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from contest_portal.core.database import db
from contest_portal.core.storage import Missing
from contest_portal.entries.likeness_models import EntryContent
from contest_portal.entries.models import Entry
from contest_portal.entries.queries import likeness_search
from contest_portal.media.services import fingerprints
from contest_portal.media.text_extraction import PAGE_BREAK
from contest_portal.media.text_likeness import Passage, compare_texts

Forms = dict[int, frozenset[int]]
"""By content: the marks that its form prints. Asked for once in a run, since the answer is counted over all texts."""

MOST_PASSAGES = 30
MOST_SHOWN_LETTERS = 1_500


@dataclass(frozen=True)
class Alike:
    """Two contents that are alike, `a` of the entry that came in later."""

    a: EntryContent
    b: EntryContent
    score: float
    estimate: str
    details: dict[str, Any]

    @property
    def key(self) -> tuple[int, int]:
        return self.a.id, self.b.id


def read_papers(office_id: int) -> None:
    """What the office itself printed is known before anything is compared: whoever fills its form in copies nobody."""
    for sha256, name in likeness_search.unread_papers(office_id):
        if name.lower().endswith((".pdf", ".docx")):
            with suppress(Missing):
                fingerprints.fingerprint_of_file(sha256, "text")


def printed_marks(content: EntryContent, forms: Forms) -> frozenset[int]:
    """The marks of the text that its form prints."""
    if content.id not in forms:
        forms[content.id] = likeness_search.common_marks(content)
    return forms[content.id]


def compared_texts(one: EntryContent, other: EntryContent, forms: Forms) -> Alike | None:
    """What two texts have in common beyond what their form prints; None where that is too little."""
    a, b = later_first(one, other)
    return _texts(a, b, printed_marks(a, forms))


def later_first(one: EntryContent, other: EntryContent) -> tuple[EntryContent, EntryContent]:
    """The two in the order of a pair: first that of the entry that came in later."""
    earlier, later = sorted((one, other), key=lambda content: _came_in(content.entry))
    return later, earlier


def _came_in(entry: Entry) -> tuple[Any, ...]:
    return entry.contest.year, entry.first_submitted_at or entry.created_at, entry.id


def end_reading() -> None:
    """No transaction stays open while something is compared. A commit, since a rollback would forget what was read."""
    db.session.commit()


def _texts(a: EntryContent, b: EntryContent, printed: frozenset[int]) -> Alike | None:
    words_a, words_b = fingerprints.words_of(a.fingerprint_id), fingerprints.words_of(b.fingerprint_id)
    end_reading()
    found = compare_texts(words_a, words_b, printed)
    is_identical = a.fingerprint_id == b.fingerprint_id
    if found.verdict == "different" and not (is_identical and not words_a):
        return None
    longest = sorted(found.passages, key=lambda passage: -passage.length)[:MOST_PASSAGES]
    details = {
        "share_a": found.share_a,
        "share_b": found.share_b,
        "identical": is_identical,
        "passages": [
            _shown(passage, words_a, words_b) for passage in sorted(longest, key=lambda passage: passage.at_a)
        ],
        "passage_count": len(found.passages),
    }
    if not words_a:  # a scan: its bytes alone can be the same
        return Alike(a, b, 1.0, "same", details)
    return Alike(a, b, found.score, found.verdict, details)


def _shown(passage: Passage, words_a: str, words_b: str) -> dict[str, Any]:
    """A passage for the page: cut where it is very long, with the pages on which it begins."""
    shown = asdict(passage)
    shown["a"], shown["b"] = (_cut(shown[side].replace(PAGE_BREAK, "\n")) for side in "ab")
    shown["page_a"] = words_a.count(PAGE_BREAK, 0, passage.at_a) + 1
    shown["page_b"] = words_b.count(PAGE_BREAK, 0, passage.at_b) + 1
    return shown


def _cut(words: str) -> str:
    return words if len(words) <= MOST_SHOWN_LETTERS else words[:MOST_SHOWN_LETTERS] + "…"

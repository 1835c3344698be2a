"""Comparing two documents' texts on the command line."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from contest_portal.core.errors import Invalid
from contest_portal.core.text import N_, Message
from contest_portal.media.facts import FileFacts, Problem
from contest_portal.media.probing import DerivativeError, media_reader
from contest_portal.media.reading_problems import reading_message
from contest_portal.media.signature import kind_of_file
from contest_portal.media.text_likeness import SHORTEST_PASSAGE, Letters, TextLikeness, compare_texts


@dataclass(frozen=True)
class DocumentLikeness:
    """How alike two documents' texts are. `verdict`: the texts' own, or too_short where one says too little for any."""

    texts: TextLikeness
    verdict: Literal["same", "unsure", "different", "too_short"]


def compare_documents(a: Path, b: Path) -> DocumentLikeness:
    """Compare two documents by their words.

    Raises Invalid, naming the file, for one that cannot be read or is a scan.
    """
    words_a, words_b = _words(a), _words(b)
    found = compare_texts(words_a, words_b)
    if (
        found.verdict == "different"
        and min(int(Letters(words).weights[-1]) for words in (words_a, words_b)) < SHORTEST_PASSAGE
    ):
        return DocumentLikeness(found, "too_short")
    return DocumentLikeness(found, found.verdict)


def as_json(found: DocumentLikeness) -> dict[str, Any]:
    """What `media compare --json` writes: places are counted in letters of the document's text, from 0."""
    likeness = found.texts
    return {
        "score": likeness.score,
        "verdict": found.verdict,
        "share_a": likeness.share_a,
        "share_b": likeness.share_b,
        "passages": [asdict(passage) for passage in likeness.passages],
    }


def _words(path: Path) -> str:
    try:
        words = media_reader().read_text(path).words
    except DerivativeError as failure:
        message = Message.of(
            N_("%(file)s：%(why)s"), file=path.name, why=reading_message(_facts(path, failure.problem))
        )
        raise Invalid("media.unreadable", message) from failure
    if not words.strip():
        message = Message.of(N_("%(file)s 里没有文字，可能是扫描件，不能比对文字。"), file=path.name)
        raise Invalid("media.no_text", message)
    return words


def _facts(path: Path, problem: Problem) -> FileFacts:
    """With what the file's own look says, where reading its words only says that it cannot be done: it is locked, say."""
    if problem is Problem.BROKE_THE_READER:
        kind = kind_of_file(path)
        facts = media_reader().probe(path, path.name, {kind})
        if facts.problem is not None:
            return facts
    return FileFacts(kind_of_file(path), path.stat().st_size, problem=problem)

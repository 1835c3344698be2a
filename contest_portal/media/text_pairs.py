"""Comparing two documents' texts on the command line."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from contest_portal.core.errors import Invalid
from contest_portal.core.text import N_, Message
from contest_portal.media.facts import FileFacts, problem_message
from contest_portal.media.probing import DerivativeError, media_reader
from contest_portal.media.signature import kind_of_file
from contest_portal.media.text_likeness import TextLikeness, compare_texts

PAGE_BREAK = "\f"


def compare_documents(a: Path, b: Path) -> TextLikeness:
    """How alike two documents' texts are. Raises Invalid, naming the file, for one that cannot be read or is a scan."""
    return compare_texts(_words(a), _words(b))


def as_json(likeness: TextLikeness) -> dict[str, Any]:
    """What `media compare --json` writes: places are counted in letters of the document's text, from 0."""
    return {
        "score": likeness.score,
        "verdict": likeness.verdict,
        "share_a": likeness.share_a,
        "share_b": likeness.share_b,
        "passages": [asdict(passage) for passage in likeness.passages],
    }


def _words(path: Path) -> str:
    try:
        words = PAGE_BREAK.join(media_reader().read_text(path).pages)
    except DerivativeError as failure:
        facts = FileFacts(kind_of_file(path), path.stat().st_size, problem=failure.problem)
        message = Message.of(N_("%(file)s：%(why)s"), file=path.name, why=problem_message(facts))
        raise Invalid("media.unreadable", message) from failure
    if not words.strip():
        message = Message.of(N_("%(file)s 里没有文字，可能是扫描件，不能比对文字。"), file=path.name)
        raise Invalid("media.no_text", message)
    return words

"""docs/reliability.md, from what the runs have kept under build/reliability."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from reliability.outcome import FOLDER, Outcome

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"
FOUND, NOT_TRIED, MENDED = "<!-- found -->", "<!-- end of found -->", "## What was not tried"
ORDER = (
    "kill -9",
    "database restarted",
    "disk full",
    "Redis away",
    "S3 away",
    "clock stepping back",
    "migration interrupted",
)


def write() -> None:
    """Put the tables between the page's two marks; its words around them are written by hand."""
    text = PAGE.read_text("utf-8")
    before, rest = text.split(FOUND)
    _old, after = rest.split(NOT_TRIED)
    PAGE.write_text(f"{before}{FOUND}\n\n{tables(kept())}\n{NOT_TRIED}{after}", "utf-8")


def kept() -> list[Outcome]:
    """What was found, in the order of the issue."""
    found = [Outcome(**json.loads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.json"))]
    return sorted(found, key=lambda one: (ORDER.index(one.fault), one.where))


def tables(outcomes: list[Outcome]) -> str:
    """Counts, then what people saw, then when and by which command."""
    lines = [
        "| fault | where | times | acknowledged | of it missing | half | cannot be read | recovery: median (least–most) |",
        "|---|---|---|---|---|---|---|---|",
        *map(_counts, outcomes),
        "",
        "| fault | what people saw instead of an answer, how often | besides |",
        "|---|---|---|",
        *map(_words, outcomes),
        "",
        "| fault | when | took | load of 5 minutes before–after | command |",
        "|---|---|---|---|---|",
        *map(_origin, outcomes),
        "",
    ]
    return "\n".join(lines)


def _counts(one: Outcome) -> str:
    acknowledged = ", ".join(f"{count} {name}" for name, count in one.acknowledged.items())
    recovery = one.recovery_words() + (f"; {one.not_recovered} did not" if one.not_recovered else "")
    numbers = (len(one.missing), len(one.halves), len(one.unreadable))
    return f"| {one.fault} | {one.where} | {one.times} | {acknowledged or '–'} | {' | '.join(map(str, numbers))} | {recovery} |"


def _words(one: Outcome) -> str:
    seen: Counter[str] = Counter()
    for words, count in one.answers.items():
        seen["no answer" if words.startswith("no answer") else words] += count
    told = "; ".join(f"{words} × {count}" for words, count in seen.most_common()) or "–"
    besides = [*one.notes, f"{one.unanswered} writes never answered"]
    besides += [f"{len(one.refused_yet_kept)} refused and yet kept"] if one.refused_yet_kept else []
    return f"| {one.fault}, {one.where} | {told} | {'; '.join(besides)} |"


def _origin(one: Outcome) -> str:
    return f"| {one.fault}, {one.where} | {one.began}, {one.machine} | {one.seconds:.0f} s | {one.load} | `{one.command}` |"

"""Draw every state machine from its table into docs/states.md, between the marks. `make docs` runs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contest_portal.contests import states as contests
from contest_portal.entries import states as entries
from contest_portal.events.booking import states as booking
from contest_portal.events.planning import states as planning
from contest_portal.judging import states as judging
from contest_portal.results.lists import states as lists
from contest_portal.results.objections import states as objections
from contest_portal.results.publishing import states as publishing

PAGE = Path(__file__).with_name("states.md")
END = "[*]"
WHO = {"school": "学校", "office": "科协", "both": "学校或科协"}
TASK_ACTS = {
    "submit": "提交评分",
    "correct": "更正评分",
    "declare": "声明回避",
    "take_away": "改派或取消",
    "give_again": "再次分到",
    "set_aside": "应回避，不计入",
    "count_again": "重新计入",
}


@dataclass(frozen=True)
class Drawing:
    """A machine as it is drawn: where it begins, its states' words, its arrows (source, target, label)."""

    begin: str
    names: Mapping[Any, str]
    arrows: tuple[tuple[str, str, str], ...] = field(default_factory=tuple)

    def __str__(self) -> str:
        lines = ["```mermaid", "stateDiagram-v2"]
        lines += [f"    {code}: {name}（{code}）" for code, name in self.names.items()]
        lines += [f"    {END} --> {self.begin}"]
        lines += [f"    {source} --> {target}: {label}" for source, target, label in self.arrows]
        return "\n".join([*lines, "```"])


def drawings() -> dict[str, Drawing]:
    """Every machine by the name of its marks in the page."""
    return {
        "contest": Drawing(
            "draft", contests.STATE_NAMES, tuple((one.source, one.target, one.label) for one in contests.TRANSITIONS)
        ),
        "entry": Drawing(
            "draft",
            entries.STATE_NAMES,
            tuple(
                (source, one.target, f"{one.label}（{WHO[one.by]}）")
                for one in entries.TRANSITIONS
                for source in one.sources
            ),
        ),
        "event": Drawing(
            "draft",
            planning.EVENT_STATES,
            tuple((one.source, one.target, one.label) for one in planning.EVENT_CHANGES),
        ),
        "round": Drawing(
            "planned",
            judging.ROUND_STATES,
            tuple((one.source, one.target or END, one.label) for one in judging.ROUND_CHANGES),
        ),
        "task": Drawing(
            "todo",
            judging.TASK_STATES,
            tuple((one.source, one.target, TASK_ACTS[one.act]) for one in judging.TASK_CHANGES),
        ),
        "shortlist": Drawing("draft", lists.SHORTLIST_STATES, _arrows(lists.SHORTLIST_CHANGES)),
        "publication": Drawing("draft", publishing.PUBLICATION_STATES, _arrows(publishing.PUBLICATION_CHANGES)),
        "objection": Drawing("received", objections.OBJECTION_STATES, _arrows(objections.OBJECTION_CHANGES)),
        "booking": Drawing(
            "held",
            booking.BOOKING_STATES,
            tuple((source, one.target, one.label) for one in booking.BOOKING_CHANGES for source in one.sources),
        ),
    }


def _arrows(
    changes: Iterable[lists.ShortlistChange | publishing.PublicationChange | objections.ObjectionChange],
) -> tuple[tuple[str, str, str], ...]:
    return tuple((one.source, one.target, one.label) for one in changes)


def drawn(page: str) -> str:
    """The page with every drawing redone. Raises KeyError for marks that no machine has."""
    machines = drawings()

    def redraw(found: re.Match[str]) -> str:
        name = found["name"]
        return f"<!-- states: {name} -->\n{machines[name]}\n<!-- end: {name} -->"

    return re.sub(r"<!-- states: (?P<name>[a-z]+) -->.*?<!-- end: (?P=name) -->", redraw, page, flags=re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

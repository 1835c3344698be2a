"""Who read what: judges on the left, entries on the right, a line for each read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

from contest_portal.judging.pictures.svg import LETTER, NARROW, WIDE, Drawing, Picture, shortened, shortened_head

_TOP, _JUDGE_ROW = 28, 26
_NAME, _NAME_SHARE = 150, 0.3


def graph(
    title: str,
    description: str,
    judges: Sequence[tuple[Hashable, str]],
    entries: Sequence[tuple[Hashable, str]],
    reads: Sequence[tuple[Hashable, Hashable]],
    headings: Sequence[str],
    table: Sequence[Sequence[str]],
    *,
    sides: tuple[str, str] = ("", ""),
    series: Mapping[Hashable, int] | None = None,
) -> Picture:
    """`judges` and `entries` are (id, name), `reads` (judge id, entry id); `series` gives a judge's colour (panel).

    Entries stand at the middle height of those who read them, so that few lines cross; beyond 60 they go unnamed.
    """
    height = _TOP + max(_JUDGE_ROW * len(judges), 4 * len(entries), 60) + 8
    known = {identifier for identifier, _ in entries}
    row = {identifier: number for number, (identifier, _) in enumerate(judges)}
    drawn = [(judge, entry) for judge, entry in reads if judge in row and entry in known]
    readers: dict[Hashable, list[int]] = defaultdict(list)
    for judge, entry in drawn:
        readers[entry].append(row[judge])
    middle = {one: sum(rows) / len(rows) for one, rows in readers.items()}
    ordered = sorted(entries, key=lambda one: middle.get(one[0], len(judges)))
    judge_y = _places([identifier for identifier, _ in judges], height)
    entry_y = _places([identifier for identifier, _ in ordered], height)
    colours = series or {}

    def draw(width: float) -> Drawing:
        drawing, room = Drawing(title, description, width, height), min(_NAME, _NAME_SHARE * width)
        left, right = room, width - (room if len(entries) <= 60 else 16)
        for judge, entry in drawn:
            css = f"line-{colours.get(judge, 1)} is-read"
            drawing.line((left, judge_y[judge]), (right, entry_y[entry]), css)
        for identifier, name in judges:
            drawing.dot((left, judge_y[identifier]), 5, f"series-{colours.get(identifier, 1)}", tip=name)
            at = (left - 10, judge_y[identifier] + LETTER * 0.35)
            drawing.text(at, shortened(name, room - 20), anchor="end")
        for identifier, name in ordered:
            drawing.dot((right, entry_y[identifier]), 3, "series-5", tip=name)
            if len(entries) <= 60 and height / max(len(entries), 1) >= LETTER:
                drawing.text((right + 8, entry_y[identifier] + LETTER * 0.35), shortened_head(name, room - 8))
        drawing.text((left, LETTER), sides[0], anchor="end")
        drawing.text((right, LETTER), sides[1], anchor="end" if len(entries) > 60 else "start")
        return drawing

    return Picture(title, draw(WIDE), draw(NARROW), headings, table)


def _places(ids: Sequence[Hashable], height: float) -> dict[Hashable, float]:
    """Evenly spread from top to bottom."""
    room = (height - _TOP - 8) / max(len(ids), 1)
    return {identifier: _TOP + room * (number + 0.5) for number, identifier in enumerate(ids)}

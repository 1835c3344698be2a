"""A list for people, defined once: shown as a page, printed as a PDF, given out as a workbook.

Who makes a list says its title, sections, columns and lines; all three forms show the same words in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from flask_babel import gettext as _

from contest_portal.core.pdf import render_pdf
from contest_portal.core.spreadsheets import Column, Table, write_workbook

Value = str | int | float | date | None

UPRIGHT_CHARACTERS = 56
"""So many Chinese characters stand side by side on an upright sheet; a wider list is printed sideways."""

# The sheet between its margins, and the letters of a table (list_document.typ).
UPRIGHT_POINTS, LANDSCAPE_POINTS = 493, 740
LETTER_POINTS, SMALLEST_POINTS = 9, 6
CELL_EDGES = 1.25  # both edges of a cell, in characters
UNBREAKABLE = re.compile(r"(?:[!-,.-~]|-(?![A-Za-z]))+")  # Latin letters, digits, marks; a line may break at -A
WORD = re.compile(r"[㐀-鿿\U00020000-\U0003ffff]+")
LONGEST_WHOLE_WORD = 4  # a name or 三年级 is not broken; longer texts are


@dataclass(frozen=True)
class ListColumn:
    """One column: its title, its width in Chinese characters, its side, and whether it holds numbers.

    `width` gives the share of the sheet on paper and the width in the workbook; long values wrap in both.
    """

    title: str
    width: float = 6
    align: Literal["left", "center", "right"] = "left"
    is_number: bool = False


@dataclass(frozen=True)
class ListSection:
    """Lines under the same head, such as one category; in the workbook a sheet of its own. `note` stands beside the title."""

    title: str
    columns: Sequence[ListColumn]
    rows: Sequence[Sequence[Value]]
    note: str = ""


@dataclass(frozen=True)
class ListDocument:
    """A list as it is given out.

    `notes` are paragraphs above the lines. `seal` names who stamps it at the end, `day` the day beside the stamp (empty: a
    place to write it). `digest` is the list's SHA-256 in hex, printed at the end and at the foot of every page.
    `attachment` (name, bytes in UTF-8) goes into the PDF as a file, so that programs read the list without its letters.
    `landscape`: None lets the width of the columns decide.
    """

    title: str
    subtitle: str = ""
    sections: Sequence[ListSection] = field(default_factory=tuple)
    notes: Sequence[str] = ()
    seal: str = ""
    day: str = ""
    digest: str = ""
    landscape: bool | None = None
    attachment: tuple[str, bytes] | None = None

    @property
    def is_landscape(self) -> bool:
        """Whether it is printed sideways."""
        if self.landscape is not None:
            return self.landscape
        return any(sum(column.width for column in one.columns) > UPRIGHT_CHARACTERS for one in self.sections)

    @property
    def line_count(self) -> int:
        return sum(len(section.rows) for section in self.sections)


def list_pdf(document: ListDocument) -> bytes:
    """The list on A4: the head of the table comes again on every page, pages are numbered, the seal has its place.

    Equal documents give equal bytes. Raises FontMissingError.
    """
    return render_pdf(
        "core/list_document.typ",
        {
            "title": document.title,
            "subtitle": document.subtitle,
            "notes": list(document.notes),
            "landscape": document.is_landscape,
            "seal": document.seal,
            "day": document.day,
            "digest": document.digest,
            "attachment": (
                {"name": document.attachment[0], "text": document.attachment[1].decode()}
                if document.attachment
                else None
            ),
            "words": {
                "seal": _("（盖章）"),
                "date": _("　　　　年　　月　　日"),
                "digest": _("名单校验码（SHA-256）"),
                "empty": _("（本部分没有内容）"),
            },
            "sections": [
                {
                    "title": section.title,
                    "note": section.note,
                    "heads": [column.title for column in section.columns],
                    **_printed_widths(section, landscape=document.is_landscape),
                    "aligns": [_side(column) for column in section.columns],
                    "rows": [[text_of(value) for value in row] for row in section.rows],
                }
                for section in document.sections
            ],
        },
    )


def _printed_widths(section: ListSection, *, landscape: bool) -> dict[str, Any]:
    """`widths` of the columns on paper in characters, and the `size` of the letters in points.

    Columns share the sheet by their widths, but none is narrower than what cannot be broken in it, such as a number.
    """
    wanted = [column.width for column in section.columns]
    least = [
        _least_width(column.title, (row[place] for row in section.rows)) for place, column in enumerate(section.columns)
    ]
    room = (LANDSCAPE_POINTS if landscape else UPRIGHT_POINTS) / LETTER_POINTS
    size = max(SMALLEST_POINTS, LETTER_POINTS * min(1.0, room / max(sum(least), 0.8 * sum(wanted))))
    room *= LETTER_POINTS / size
    narrow: set[int] = set()
    while True:
        shared = room - sum(least[i] for i in narrow)
        scale = shared / (sum(width for i, width in enumerate(wanted) if i not in narrow) or 1)
        widths = [least[i] if i in narrow else width * scale for i, width in enumerate(wanted)]
        short = {i for i, width in enumerate(widths) if i not in narrow and width < least[i]}
        if not short:
            return {"widths": [round(width, 3) for width in widths], "size": round(size, 2)}
        narrow |= short


def _least_width(title: str, values: Iterable[Value]) -> float:
    """What the longest run that should not be broken takes, in characters."""
    texts = "\n".join({text_of(value) for value in values})
    runs = [0.55 * len(run) for run in UNBREAKABLE.findall(texts)]
    words = [len(word) for word in WORD.findall(texts) if len(word) <= LONGEST_WHOLE_WORD]
    head = (len(title) + 1) // 2  # a head may stand in two lines
    return max([2.0, head, *runs, *words]) + CELL_EDGES


def list_workbook(document: ListDocument, *, created_at: datetime | None = None) -> bytes:
    """The list as XLSX, a sheet a section, set up for A4. With `created_at`, equal documents give equal bytes."""
    footing = [
        *([f"{document.seal}{_('（盖章）')}　{document.day or _('　　　　年　　月　　日')}"] if document.seal else [])
    ]
    if document.digest:
        footing.append(_("名单校验码（SHA-256）：%(digest)s", digest=document.digest))
    return write_workbook(
        [
            Table(
                section.title or document.title,
                [
                    Column(column.title, _workbook_width(column), "number" if column.is_number else "text")
                    for column in section.columns
                ],
                section.rows,
                heading=[line for line in (document.title, document.subtitle, _named(section)) if line],
                footing=[*document.notes, *footing],
                landscape=document.is_landscape,
            )
            for section in document.sections
        ],
        created_at=created_at,
    )


def text_of(value: Value) -> str:
    """A value as it is read on page and paper: no `.0` behind whole numbers, days as 2018-11-05."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return value.isoformat() if isinstance(value, date) else str(value)


def _named(section: ListSection) -> str:
    return f"{section.title}　{section.note}" if section.title and section.note else section.title or section.note


def _side(column: ListColumn) -> str:
    return "right" if column.is_number and column.align == "left" else column.align


def _workbook_width(column: ListColumn) -> float:
    # A workbook's width counts digits; a Chinese character takes two.
    return max(6.0, 2 * column.width + 1)

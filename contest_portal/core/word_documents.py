"""The same lists as Word documents, for offices that go on writing in them."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from flask_babel import gettext as _

from contest_portal.core.list_documents import ListColumn, ListDocument, ListSection, text_of

BODY_FONT, HEAD_FONT = "宋体", "黑体"
LATIN_FONT = "Times New Roman"
SIDES = {"left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}


def list_docx(document: ListDocument) -> bytes:
    """The document on A4: title, paragraphs, tables whose head comes again on every page, page numbers, a seal's place."""
    word = Document()
    _set_up(word, document)
    _line(word, document.title, size=18, font=HEAD_FONT, side=WD_ALIGN_PARAGRAPH.CENTER)
    if document.subtitle:
        _line(word, document.subtitle, size=10.5, side=WD_ALIGN_PARAGRAPH.CENTER)
    for note in document.notes:
        paragraph = _line(word, note, size=12)
        paragraph.paragraph_format.first_line_indent = Pt(24)
        paragraph.paragraph_format.line_spacing = 1.5
    for section in document.sections:
        _section(word, section)
    if document.seal:
        _line(word, f"{document.seal}{_('（盖章）')}", size=12, side=WD_ALIGN_PARAGRAPH.RIGHT)
        _line(word, document.day or _("　　　　年　　月　　日"), size=12, side=WD_ALIGN_PARAGRAPH.RIGHT)
    written = io.BytesIO()
    word.save(written)
    return written.getvalue()


def _set_up(word: Any, document: ListDocument) -> None:
    page = word.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    if document.is_landscape:
        page.orientation = WD_ORIENT.LANDSCAPE
        page.page_width, page.page_height = page.page_height, page.page_width
    page.left_margin = page.right_margin = Cm(2.6)
    page.top_margin = page.bottom_margin = Cm(2.4)
    _page_number(page.footer.paragraphs[0])
    properties = word.core_properties
    properties.title, properties.author, properties.comments = document.title, document.seal, ""


def _page_number(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = _styled(paragraph.add_run(), 9, BODY_FONT)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)  # fields have no call of their own in the library


def _line(word: Any, text: str, *, size: float, font: str = BODY_FONT, side: WD_ALIGN_PARAGRAPH | None = None) -> Any:
    paragraph = word.add_paragraph()
    paragraph.alignment = side
    _styled(paragraph.add_run(text), size, font)
    return paragraph


def _styled(run: Any, size: float, font: str) -> Any:
    run.font.size, run.font.name = Pt(size), LATIN_FONT
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # the library sets Latin fonts alone
    return run


def _section(word: Any, section: ListSection) -> None:
    heading = f"{section.title}　{section.note}" if section.title and section.note else section.title or section.note
    if heading:
        title = _line(word, heading, size=12, font=HEAD_FONT)
        title.paragraph_format.keep_with_next = True
    table = word.add_table(rows=1, cols=len(section.columns))
    table.style = "Table Grid"
    whole = sum(column.width for column in section.columns)
    room = word.sections[0].page_width - word.sections[0].left_margin - word.sections[0].right_margin
    widths = [int(room * column.width / whole) for column in section.columns]
    for place, column in enumerate(section.columns):
        _cell(table.rows[0].cells[place], column.title, widths[place], HEAD_FONT, "center")
    head = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(head)  # the head comes again on the next page
    for row in section.rows:
        cells = table.add_row().cells
        for place, (column, value) in enumerate(zip(section.columns, row, strict=True)):
            _cell(cells[place], text_of(value), widths[place], BODY_FONT, _side(column))
    word.add_paragraph()


def _side(column: ListColumn) -> str:
    return "right" if column.is_number and column.align == "left" else column.align


def _cell(cell: Any, text: str, width: int, font: str, side: str) -> None:
    cell.width = width
    paragraph = cell.paragraphs[0]
    paragraph.alignment = SIDES[side]
    _styled(paragraph.add_run(text), 10.5, font)

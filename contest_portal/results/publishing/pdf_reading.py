"""A public list in a PDF: the data attached to it, and whether its pages say the same as a list, line by line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2

from contest_portal.core.errors import Invalid
from contest_portal.core.list_documents import ListDocument, ListSection, text_of
from contest_portal.core.radicals import AS_CHARACTERS
from contest_portal.core.text import N_, Message
from contest_portal.results.publishing.documents import ATTACHED_NAME

PAGE = "\f"
# Spaces, breaks, hyphens: print breaks lines at them, and readers give back of a hyphen at a line's end what they like.
LOOSE = re.compile(r"[\s\u200b\u00ad\ufffe\ufffd\u2010\u2011-]+")
MOST_DIFFERENCES = 20
LONGEST_QUOTE = 80


@dataclass(frozen=True)
class Piece:
    """What must stand in the text next: a line, or the words around lines. `place` tells which."""

    text: str
    place: Message


@dataclass(frozen=True)
class PdfList:
    """`attached`: the canonical form in it, empty where there is none. `pages`: the text of each, squeezed."""

    attached: bytes
    pages: Sequence[str]

    @property
    def squeezed(self) -> str:
        return PAGE.join(self.pages)

    def differences(self, document: ListDocument) -> list[Message]:
        """What its pages say otherwise than the document: pieces that are not there in their order, words between them."""
        return list(_compared(PAGE.join(_without_edges(self.pages, document)), list(_pieces(document))))


def read_pdf(data: bytes, filename: str) -> PdfList:
    """Raises Invalid for a PDF that cannot be opened."""
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        message = Message.of(
            N_("文件「%(filename)s」打不开：可能已损坏，或设有打开密码。请重新下载后再核对。"), filename=filename
        )
        raise Invalid("results.verify_pdf", message, field="file") from error
    with pdf:
        return PdfList(_attached(pdf), [_page_text(page) for page in pdf])


def squeezed(text: str) -> str:
    """Text as it is compared: one form of each character, no spaces, breaks or hyphens."""
    return LOOSE.sub("", unicodedata.normalize("NFKC", text).translate(AS_CHARACTERS))


def _attached(pdf: pypdfium2.PdfDocument) -> bytes:
    for index in range(pdf.count_attachments()):
        attachment = pdf.get_attachment(index)
        if attachment.get_name() == ATTACHED_NAME:
            return bytes(attachment.get_data())
    return b""


def _page_text(page: pypdfium2.PdfPage) -> str:
    text_page = page.get_textpage()
    try:
        return squeezed(text_page.get_text_range())
    finally:
        text_page.close()
        page.close()


def _pieces(document: ListDocument) -> Iterator[Piece]:
    """The document in the order in which it is printed."""
    head = Message(N_("标题和说明"))
    yield Piece(squeezed("".join((document.title, document.subtitle, *document.notes))), head)
    for section in document.sections:
        around = Message.of(N_("「%(section)s」的标题和表头"), section=section.title)
        heads = _heads(section) if section.rows else squeezed("（本部分没有内容）")
        yield Piece(squeezed(section.title + section.note) + heads, around)
        for place, row in enumerate(section.rows, start=1):
            line = Message.of(N_("「%(section)s」第 %(line)s 行"), section=section.title, line=place)
            yield Piece(squeezed("".join(text_of(value) for value in row)), line)
    ending = f"{document.seal}（盖章）{document.day}名单校验码（SHA-256）：{document.digest}"
    yield Piece(squeezed(ending), Message(N_("落款和名单校验码")))


def _heads(section: ListSection) -> str:
    return squeezed("".join(column.title for column in section.columns))


def _without_edges(pages: Sequence[str], document: ListDocument) -> Iterator[str]:
    """Each page's text without what stands on every page: running title, repeated headings, digest and page number."""
    title, heads = squeezed(document.title), {_heads(section) for section in document.sections}
    foot = re.compile(
        re.escape(squeezed("名单校验码（SHA-256）：")) + r"[0-9a-f]{16}(?:…|\.\.\.)" + rf"第\d+页,共{len(pages)}页$"
    )
    for number, page in enumerate(pages):
        text = foot.sub("", page)
        if number:
            text = text.removeprefix(title)
            text = next((text.removeprefix(one) for one in heads if text.startswith(one)), text)
        yield text


def _compared(text: str, pieces: list[Piece]) -> Iterator[Message]:
    """Walk through the text from piece to piece; between two of them nothing may stand."""
    found, at = [], 0
    for piece in pieces:
        place = text.find(piece.text, at)
        found.append(place)
        at = at if place < 0 else place + len(piece.text)
    for told, message in enumerate(_gaps(text, pieces, found), start=1):
        if told > MOST_DIFFERENCES:
            yield Message(N_("还有其他不同的地方，没有一一列出。"))
            return
        yield message


def _gaps(text: str, pieces: list[Piece], found: list[int]) -> Iterator[Message]:
    """What lies before, between and behind the pieces that were found."""
    there = [index for index, place in enumerate(found) if place >= 0]
    for before, after in pairwise([-1, *there, len(pieces)]):
        start = found[before] + len(pieces[before].text) if before >= 0 else 0
        end = found[after] if after < len(pieces) else len(text)
        missing = pieces[before + 1 : after]
        between = text[start:end]
        if not missing and not between.replace(PAGE, ""):
            continue
        # A line torn in two by the end of a page stands there cell by cell: its upper half, then its lower half.
        if len(missing) == 1 and PAGE in between and sorted(between.replace(PAGE, "")) == sorted(missing[0].text):
            continue
        yield _told(missing, between.replace(PAGE, ""))


def _told(missing: list[Piece], between: str) -> Message:
    quote = between[:LONGEST_QUOTE] or "—"
    if not missing:
        return Message.of(N_("页面上多出文字：「%(text)s」。"), text=quote)
    words = N_("%(place)s不同：公示的是「%(wanted)s」，页面上是「%(found)s」。")
    return Message.of(words, place=missing[0].place, wanted=missing[0].text[:LONGEST_QUOTE], found=quote)

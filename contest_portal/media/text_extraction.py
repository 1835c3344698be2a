"""The words of a document: of a PDF's pages, of a DOCX, of a plain text. Runs in the sandbox (see probing.py).

A scan has no words and gives none. Old .doc and .wps files are kept as they came and are not read.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from contest_portal.media.facts import Kind
from contest_portal.media.signature import kind_of_file

MOST_PAGES = 300
MOST_LETTERS = 200_000
MOST_XML_BYTES = 64 << 20
_PIECE = 1 << 16
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
_STRICT_WORD = "http://purl.oclc.org/ooxml/wordprocessingml/main "
_BREAKS = {"p": "\n", "br": "\n", "cr": "\n", "tab": "\t", "tc": "\t"}

READ_KINDS = frozenset({Kind.PDF, Kind.DOCX, Kind.TEXT})
PAGE_BREAK = "\f"


class NoTextError(ValueError):
    """Nothing can be read of this file: another kind, a hostile or damaged one."""


@dataclass(frozen=True)
class DocumentText:
    """The words of each page in order; a document without pages is one page. `is_cut`: there was more than is read.
    `pictured`: the pages (from 1) that hold pictures, where that was looked for (`read_letters`)."""

    pages: tuple[str, ...]
    is_cut: bool = False
    pictured: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """All pages in one text, PAGE_BREAK between them."""
        return PAGE_BREAK.join(self.pages)


def read_text(path: Path) -> DocumentText:
    """The document's words, at most 300 pages and 200,000 letters. Raises NoTextError."""
    kind = kind_of_file(path)
    if kind is Kind.PDF:
        return _of_pdf(path)
    if kind is Kind.DOCX:
        return _of_docx(path)
    if kind is Kind.TEXT:
        return _of_plain_text(path)
    raise NoTextError(kind.value)


def _of_pdf(path: Path) -> DocumentText:
    import pypdfium2

    pages: list[str] = []
    room = MOST_LETTERS
    with pypdfium2.PdfDocument(path) as document:
        count = len(document)
        for index in range(min(count, MOST_PAGES)):
            page = document[index]
            words = page.get_textpage()
            text = _cleaned(words.get_text_range(0, min(words.count_chars(), room)) if words.count_chars() else "")
            words.close()
            page.close()
            pages.append(text)
            room -= len(text)
            if room <= 0:
                return DocumentText(tuple(pages), is_cut=True)
    return DocumentText(tuple(pages), is_cut=count > MOST_PAGES)


def _of_docx(path: Path) -> DocumentText:
    reader = _WordReader()
    with zipfile.ZipFile(path) as archive, archive.open("word/document.xml") as xml:
        read = 0
        while piece := xml.read(_PIECE):
            read += len(piece)
            if read > MOST_XML_BYTES:
                return DocumentText((_cleaned(reader.text()),), is_cut=True)
            reader.feed(piece)
            if reader.is_full:
                break
    return DocumentText((_cleaned(reader.text())[:MOST_LETTERS],), is_cut=reader.is_full)


class _WordReader:
    """The words of WordprocessingML (ISO/IEC 29500-1 §17). What names entities or a DTD is refused before it is read."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._words
        self._parser.StartDoctypeDeclHandler = _refuse
        self._parser.EntityDeclHandler = _refuse
        self._parts: list[str] = []
        self._length = 0
        self._in_words = False

    @property
    def is_full(self) -> bool:
        return self._length > MOST_LETTERS

    def feed(self, piece: bytes) -> None:
        self._parser.Parse(piece, False)

    def text(self) -> str:
        return "".join(self._parts)

    def _begin(self, name: str, _attributes: object) -> None:
        self._in_words = _local(name) == "t"

    def _end(self, name: str) -> None:
        self._in_words = False
        self._add(_BREAKS.get(_local(name), ""))

    def _words(self, words: str) -> None:
        if self._in_words:
            self._add(words)

    def _add(self, words: str) -> None:
        if not self.is_full:
            self._parts.append(words)
            self._length += len(words)


def _local(name: str) -> str:
    return name.removeprefix(_WORD).removeprefix(_STRICT_WORD)


def _refuse(*_declaration: object) -> None:
    raise NoTextError("a document type declaration")


def _of_plain_text(path: Path) -> DocumentText:
    with path.open("rb") as file:
        content = file.read(4 * MOST_LETTERS + 4)
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        for cut in range(4):  # the piece may end within a letter
            try:
                text = content[: len(content) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return DocumentText((_cleaned(text)[:MOST_LETTERS],), is_cut=len(text) > MOST_LETTERS)
    raise NoTextError("no known encoding")


def _cleaned(text: str) -> str:
    """Without halves of letters and control characters, which neither JSON for databases nor pages bear."""
    kept = (
        letter for letter in text.replace("\r\n", "\n").replace("\r", "\n") if letter.isprintable() or letter in "\n\t"
    )
    return "".join(kept)

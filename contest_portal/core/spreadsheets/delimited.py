"""Tables as text: CSV and its relatives, in the encodings that Chinese offices really produce."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from contest_portal.core.spreadsheets.errors import SpreadsheetError
from contest_portal.core.spreadsheets.kinds import corrupt
from contest_portal.core.spreadsheets.sheet import FORMULA_STARTS
from contest_portal.core.text import N_, Message

DELIMITERS = (",", "\t", ";")
_LOOK_AT_LINES = 30
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(data: bytes, filename: str) -> str:
    """The text of the bytes: UTF-8 or UTF-16 by its mark, else UTF-16 by its zeros, else UTF-8, else GB18030.

    Raises `SpreadsheetError` when it is none of them or no text at all.
    """
    candidates = [encoding for mark, encoding in _BOMS if data.startswith(mark)] or _encodings_without_mark(data)
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(ch < " " and ch not in "\t\r\n\x0c\x1a" for ch in text):
            break
        return text.replace("\x1a", "").replace("\x0c", "")  # an old end-of-file mark, a form feed
    raise SpreadsheetError(
        "kind",
        Message.of(
            N_("文件「%(filename)s」不是表格。可以上传的格式有 XLSX、XLS 和 CSV（UTF-8 或 GB18030 编码）。"),
            filename=filename,
        ),
    )


def _encodings_without_mark(data: bytes) -> list[str]:
    sample = data[:4096]
    if len(data) % 2 == 0 and sample.count(0) > len(sample) // 8:
        return ["utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be"]
    return ["utf-8", "gb18030"]


def delimiter_of(text: str) -> str:
    """The sign between columns: of comma, tab and semicolon the one that splits the most of the first lines."""
    counts = dict.fromkeys(DELIMITERS, 0)
    for line in text.splitlines()[:_LOOK_AT_LINES]:
        for part in line.split('"')[::2]:  # what stands outside of quotes
            for delimiter in DELIMITERS:
                counts[delimiter] += part.count(delimiter)
    return max(DELIMITERS, key=lambda delimiter: counts[delimiter])


def rows_of(text: str, filename: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with its number from 1, as a spreadsheet would number it. Raises `SpreadsheetError`."""
    first, _newline, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=") + 1:
        delimiter, text = first.strip()[-1], rest
    else:
        delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, values in enumerate(reader, start=1):
            yield number, [_plain(value) for value in values]
    except csv.Error as error:
        raise corrupt(filename) from error


def _plain(value: str) -> str:
    """Undo what programs add so that digits stay text (="0012") or text is never a formula ('=1+1)."""
    value = value.strip()
    if value.startswith('="') and value.endswith('"') and len(value) > 2:
        return value[2:-1]
    if value.startswith("'") and value[1:].startswith(FORMULA_STARTS):
        return value[1:]
    return value

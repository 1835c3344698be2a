"""Read an uploaded table: XLSX, XLS or CSV by content, within limits, with addresses kept."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from contest_portal.core.spreadsheets.archive import check_archive
from contest_portal.core.spreadsheets.delimited import decode, rows_of
from contest_portal.core.spreadsheets.errors import SpreadsheetError
from contest_portal.core.spreadsheets.kinds import corrupt, encrypted, kind_of
from contest_portal.core.spreadsheets.sheet import EXACT_NUMBERS_BELOW, Row, Sheet, Value, column_letter
from contest_portal.core.text import N_, Message

WORKER = Path(__file__).with_name("worker.py")


@dataclass(frozen=True)
class Limits:
    """What a table may cost. Rows and columns are counted to the last one that is not blank."""

    rows: int = 50_000
    columns: int = 200
    file_bytes: int = 20 * 2**20
    unpacked_bytes: int = 512 * 2**20
    text_bytes: int = 64 * 2**20
    memory_bytes: int = 384 * 2**20
    cpu_seconds: int = 60
    wall_seconds: int = 120


DEFAULT_LIMITS = Limits()


def read_table(source: Path | bytes, filename: str, *, limits: Limits = DEFAULT_LIMITS) -> Sheet:
    """The first visible sheet that is not blank. See `read_tables`."""
    return read_tables(source, filename, limits=limits)[0]


def read_tables(source: Path | bytes, filename: str, *, limits: Limits = DEFAULT_LIMITS) -> list[Sheet]:
    """Every visible sheet that is not blank, at least one, in the workbook's order; a CSV is one sheet named as its file.

    What the file is, is decided by its content; `filename` is only shown. Workbooks are parsed in a process of its
    own within `limits`. Raises `SpreadsheetError` with a sentence that says what to do.
    """
    if isinstance(source, Path):
        if source.stat().st_size > limits.file_bytes:
            raise _file_too_large(filename, limits)
        source = source.read_bytes()
    if len(source) > limits.file_bytes:
        raise _file_too_large(filename, limits)
    if not source.strip():
        raise _empty(filename)
    kind = kind_of(source, filename)
    if kind == "csv":
        sheets = [_read_delimited(source, filename, limits)]
    else:
        if kind == "xlsx":
            check_archive(source, filename, max_unpacked=limits.unpacked_bytes)
        sheets = _read_workbook(source, filename, limits)
    filled = [sheet for sheet in sheets if sheet.rows]
    if not filled:
        raise _empty(filename)
    return filled


def _read_delimited(data: bytes, filename: str, limits: Limits) -> Sheet:
    name, rows = Path(filename).stem or filename, []
    for number, values in rows_of(decode(data, filename), filename):
        row = _row(number, values)
        if not row.values:
            continue
        if number > limits.rows:
            raise _too_many_rows(name, number, limits)
        if len(row.values) > limits.columns:
            raise _too_many_columns(name, number, len(row.values), limits)
        rows.append(row)
    return Sheet(name, tuple(rows))


def _read_workbook(data: bytes, filename: str, limits: Limits) -> list[Sheet]:
    try:
        done = run_worker(data, limits)
    except subprocess.TimeoutExpired as error:
        raise _too_slow(filename) from error
    sheets, problem = _parse_lines(done.stdout.splitlines())
    if problem is None:
        return sheets
    raise _error_of(problem, filename, limits, died=done.returncode < 0)


def run_worker(data: bytes, limits: Limits) -> subprocess.CompletedProcess[bytes]:
    """What worker.py said of the workbook and how it ended. Raises subprocess.TimeoutExpired."""
    return subprocess.run(  # noqa: S603 - our own file with our own numbers
        [sys.executable or "python3", "-P", str(WORKER), json.dumps(asdict(limits))],
        input=data,
        capture_output=True,
        timeout=limits.wall_seconds,
        check=False,
    )


def _parse_lines(lines: Iterable[bytes]) -> tuple[list[Sheet], dict[str, Any] | None]:
    """The sheets that the worker wrote, and what it complained of: None when it came to its end."""
    names: list[str] = []
    rows: list[list[Row]] = []
    for line in lines:
        said = json.loads(line)
        if isinstance(said, list):
            row = _row(said[0], said[1])
            if row.values:
                rows[-1].append(row)
        elif "sheet" in said and "error" not in said:
            names.append(said["sheet"])
            rows.append([])
        elif "end" in said:
            return [Sheet(name, tuple(found)) for name, found in zip(names, rows, strict=True)], None
        else:
            return [], said
    return [], {}


def _error_of(problem: dict[str, Any], filename: str, limits: Limits, *, died: bool) -> SpreadsheetError:
    match problem.get("error"):
        case "encrypted":
            return encrypted(filename)
        case "too_many_rows":
            return _too_many_rows(problem["sheet"], problem["row"], limits)
        case "too_many_columns":
            return _too_many_columns(problem["sheet"], problem["row"], problem["column"], limits)
        case "too_large":
            return _too_much(filename)
        case None if died:  # it ran into its memory or its time
            return _too_much(filename)
    return corrupt(filename)


def _row(number: int, values: Iterable[Any]) -> Row:
    found = [_value(value) for value in values]
    while found and found[-1] is None:
        found.pop()
    return Row(number, tuple(found))


def _value(raw: Any) -> Value:
    if isinstance(raw, str):
        return raw.strip() or None
    if isinstance(raw, float):
        return int(raw) if raw.is_integer() and abs(raw) < EXACT_NUMBERS_BELOW else raw
    if isinstance(raw, dict):
        return _tagged(raw)
    return raw


def _tagged(raw: dict[str, Any]) -> Value:
    ((kind, content),) = raw.items()
    if kind == "date":
        return date.fromisoformat(content)
    if kind == "datetime":
        moment = datetime.fromisoformat(content)
        return moment.date() if moment.time() == time.min else moment
    if kind == "time":
        return time.fromisoformat(content)
    if kind == "seconds":
        return timedelta(seconds=content)
    return str(content) or None


def _file_too_large(filename: str, limits: Limits) -> SpreadsheetError:
    return SpreadsheetError(
        "too_large",
        Message.of(
            N_("文件「%(filename)s」超过 %(limit)s MB，无法读取。请删去图片和无关内容，或分成几个文件上传。"),
            filename=filename,
            limit=limits.file_bytes // 2**20,
        ),
    )


def _too_much(filename: str) -> SpreadsheetError:
    return SpreadsheetError(
        "too_large",
        Message.of(
            N_(
                "工作簿「%(filename)s」内容过多，无法读取。请新建一个工作簿，只把需要的行和列复制过去，保存后重新上传。"
            ),
            filename=filename,
        ),
    )


def _too_slow(filename: str) -> SpreadsheetError:
    return SpreadsheetError(
        "too_slow",
        Message.of(
            N_(
                "读取工作簿「%(filename)s」用时过长，已停止。请新建一个工作簿，只把需要的行和列复制过去，保存后重新上传。"
            ),
            filename=filename,
        ),
    )


def _empty(filename: str) -> SpreadsheetError:
    return SpreadsheetError(
        "empty", Message.of(N_("文件「%(filename)s」中没有任何内容。请检查是否选错了文件。"), filename=filename)
    )


def _too_many_rows(sheet: str, row: int, limits: Limits) -> SpreadsheetError:
    return SpreadsheetError(
        "too_many_rows",
        Message.of(
            N_(
                "「%(sheet)s」表一直到第 %(row)s 行都有内容，最多可读 %(limit)s 行。请删去多余的行，或分成几个文件上传。"
            ),
            sheet=sheet,
            row=row,
            limit=limits.rows,
        ),
    )


def _too_many_columns(sheet: str, row: int, column: int, limits: Limits) -> SpreadsheetError:
    return SpreadsheetError(
        "too_many_columns",
        Message.of(
            N_(
                "「%(sheet)s」表第 %(row)s 行一直到 %(column)s 列都有内容，最多可读 %(limit)s 列。请删去多余的列后重新上传。"
            ),
            sheet=sheet,
            row=row,
            column=column_letter(column - 1),
            limit=limits.columns,
        ),
    )

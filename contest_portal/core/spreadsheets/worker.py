"""Reads a workbook in a process of its own, so that a hostile one can exhaust nothing but that process.

Run as a file with the limits as JSON in its only argument, the workbook on standard input. Writes JSON lines:
{"sheet": name}, then [number, [values]] for each row that is not blank, and at last {"end": true}, or {"error": …}.
Imports nothing of the program, so that it starts in a few milliseconds.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any


def main() -> None:
    limits = json.loads(sys.argv[1])
    _limit_process(limits["memory_bytes"], limits["cpu_seconds"])
    try:
        _read(sys.stdin.buffer.read(), limits)
    except MemoryError:
        _say({"error": "too_large"})


def _limit_process(memory_bytes: int, cpu_seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits: the parent's timeout and the measured ZIP remain
        return
    for what, amount in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(what, (amount, amount))
        except (ValueError, OSError):  # the system already grants less
            continue


def _read(data: bytes, limits: dict[str, int]) -> None:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        budget = limits["text_bytes"]
        for index, metadata in enumerate(book.sheets_metadata):
            if (
                metadata.visible == calamine.SheetVisibleEnum.Visible
                and metadata.typ == calamine.SheetTypeEnum.WorkSheet
            ):
                budget = _write_sheet(metadata.name, book.get_sheet_by_index(index), limits, budget)
                if budget < 0:
                    return
    except calamine.PasswordError:
        _say({"error": "encrypted"})
    except calamine.CalamineError:
        _say({"error": "corrupt"})
    else:
        _say({"end": True})


def _write_sheet(name: str, sheet: Any, limits: dict[str, int], budget: int) -> int:
    """Write one sheet; gives what is left of the budget of bytes, or -1 when the reading ended with an error."""
    _say({"sheet": name})
    if sheet.start is None:
        return budget
    before = [""] * sheet.start[1]  # rows come from the first one, columns from the first filled one
    for number, filled in enumerate(sheet.iter_rows(), start=1):
        values = before + filled
        last = len(values)
        while last and isinstance(values[last - 1], str) and not values[last - 1].strip():
            last -= 1
        if not last:
            continue
        if number > limits["rows"]:
            _say({"error": "too_many_rows", "sheet": name, "row": sheet.end[0] + 1})
            return -1
        if last > limits["columns"]:
            _say({"error": "too_many_columns", "sheet": name, "row": number, "column": last})
            return -1
        line = json.dumps([number, values[:last]], default=_encode, ensure_ascii=False, separators=(",", ":"))
        budget -= len(line)
        if budget < 0:
            _say({"error": "too_large"})
            return -1
        sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
    return budget


def _encode(value: Any) -> dict[str, Any]:
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, time):
        return {"time": value.isoformat()}
    if isinstance(value, timedelta):
        return {"seconds": value.total_seconds()}
    return {"text": str(value)}


def _say(line: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(line).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

"""Who refers to stored content: found in the tables themselves, so that nothing is removed because a room forgot to say.

A row holds content by any column called `sha256` or `…file_sha256`, and by any word of 64 hexadecimal digits in a JSON
column. Where that is not meant, the room says so in its `usage.py`: `is_no_use(Fingerprint.sha256)`,
`is_use_while(Upload.sha256, Upload.state == "checking")`. The trail of acts names files that are gone: it holds none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Text, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute

from contest_portal.core.audit import AnySession
from contest_portal.core.database import Base, db
from contest_portal.core.models import Job

_NAME = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_ROWS_AT_ONCE = 500

_conditions: dict[str, ColumnElement[bool]] = {"job.payload": Job.state != "done"}
_no_use: set[str] = {"audit_record.before", "audit_record.after"}


def is_no_use(*columns: InstrumentedAttribute[Any]) -> None:
    """These columns name content without holding it."""
    _no_use.update(str(_column(one)) for one in columns)


def is_use_while(column: InstrumentedAttribute[Any], condition: ColumnElement[bool]) -> None:
    """The column holds content only in rows for which `condition` is true."""
    _conditions[str(_column(column))] = condition


def uses(leaving_out: Collection[str] = (), *, session: AnySession | None = None) -> Counter[str]:
    """How often each content is referred to by tables other than `leaving_out`, as `session` sees them."""
    found: Counter[str] = Counter()
    for column in holding_columns(leaving_out):
        found.update(_named_in(column, session))
    return found


def required(leaving_out: Collection[str] = (), *, session: AnySession | None = None) -> set[str]:
    """The content that must exist: what stands in columns made for names, not what happens to look like one."""
    plain = (one for one in holding_columns(leaving_out) if not is_json(one))
    return {name for column in plain for name in _named_in(column, session)}


def holding_columns(leaving_out: Collection[str] = ()) -> list[Column[Any]]:
    """The columns that hold content."""
    return [
        column
        for table in Base.metadata.sorted_tables
        if table.name not in leaving_out
        for column in table.columns
        if str(column) not in _no_use
        and (is_json(column) or column.name == "sha256" or column.name.endswith("file_sha256"))
    ]


def _named_in(column: Column[Any], session: AnySession | None) -> Counter[str]:
    condition = _conditions.get(str(column))
    wanted = select(cast(column, Text)).where(column.is_not(None))
    if is_json(column):
        wanted = wanted.where(func.length(cast(column, Text)) >= 64)
    if condition is not None:
        wanted = wanted.where(condition)
    found: Counter[str] = Counter()
    for (text,) in (session or db.session).execute(wanted.execution_options(yield_per=_ROWS_AT_ONCE)):
        found.update(_NAME.findall(text))
    return found


def is_json(column: Column[Any]) -> bool:
    """Whether names are words in it."""
    return isinstance(column.type, JSON)


def _column(attribute: InstrumentedAttribute[Any]) -> Column[Any]:
    column: Column[Any] = attribute.property.columns[0]
    return column

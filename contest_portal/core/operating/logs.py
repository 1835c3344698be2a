"""The log of a server: lines on standard error, as text or as one JSON object each, without anything about people."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g, has_request_context
from flask.logging import default_handler

from contest_portal.core.operating.log_words import without_people

TEXT, JSON = "text", "json"


class Line(logging.Formatter):
    """A line of text: when, how grave, who says it, what, and the request."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{_moment(record)} {record.levelname} {record.name}: {record.getMessage()}"
        if request_id := _request_id(record):
            line += f" [{request_id}]"
        if trouble := _trouble(self, record):
            line += "\n" + trouble
        return without_people(line)


class JsonLine(logging.Formatter):
    """The same as an object; `facts` of the record are fields of their own."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "time": _moment(record),
            "level": record.levelname,
            "logger": record.name,
            "message": without_people(record.getMessage()),
        }
        if request_id := _request_id(record):
            fields["request_id"] = request_id
        fields |= getattr(record, "facts", {})
        if trouble := _trouble(self, record):
            fields["trouble"] = without_people(trouble)
        return json.dumps(fields, ensure_ascii=False)


def begin_to_log(app: Flask) -> None:
    """Let this process write its log. For the commands that serve; others speak to whoever called them."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLine() if app.config["SETTINGS"].log_format == JSON else Line())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    app.logger.removeHandler(default_handler)  # it knows nothing of what may not be written
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # the figures say how many wait
    for chatty in ("alembic", "boto3", "botocore", "s3transfer", "urllib3", "fontTools", "pyhanko"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _request_id(record: logging.LogRecord) -> str:
    given = getattr(record, "facts", {}).get("request_id")
    return str(given or (g.get("request_id", "") if has_request_context() else ""))


def _trouble(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    return formatter.formatException(record.exc_info) if record.exc_info else ""

"""Workbooks as downloads."""

from __future__ import annotations

import io

from flask import Response, send_file

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(content: bytes, name: str) -> Response:
    """An XLSX file to download under that name."""
    return send_file(io.BytesIO(content), WORKBOOK, as_attachment=True, download_name=name)

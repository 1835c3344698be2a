"""Workbooks as answers."""

from __future__ import annotations

import io

from flask import Response, send_file

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(content: bytes, name: str) -> Response:
    """The workbook to be saved under `name`."""
    return send_file(io.BytesIO(content), XLSX, as_attachment=True, download_name=name)

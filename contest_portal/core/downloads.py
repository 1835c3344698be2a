"""Workbooks and printed sheets as answers."""

from __future__ import annotations

import io

from flask import Response, send_file

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def workbook_response(content: bytes, name: str) -> Response:
    """The workbook to be saved under `name`, its ending included."""
    response = send_file(io.BytesIO(content), XLSX, as_attachment=True, download_name=name)
    del response.headers["Cache-Control"]  # kept or not as pages are: never where somebody is signed in
    return response


def pdf_response(content: bytes, name: str) -> Response:
    """The printed sheet to be saved under `name`, its ending included."""
    response = send_file(io.BytesIO(content), "application/pdf", as_attachment=True, download_name=name)
    del response.headers["Cache-Control"]  # as above
    return response


def word_response(content: bytes, name: str) -> Response:
    """The Word document to be saved under `name`, its ending included."""
    response = send_file(io.BytesIO(content), DOCX, as_attachment=True, download_name=name)
    del response.headers["Cache-Control"]  # as above
    return response

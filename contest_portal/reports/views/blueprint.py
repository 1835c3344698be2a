"""The blueprint on which the room's pages stand; their years are years that a calendar has."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from contest_portal.core.errors import NotFound

MIN_YEAR, MAX_YEAR = 1950, 2200

bp = Blueprint("reports", "contest_portal.reports", template_folder="templates")


@bp.url_value_preprocessor
def require_year(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """No page has a year outside of these: the calendar's arithmetic ends somewhere. Raises NotFound."""
    if values and not MIN_YEAR <= values.get("year", MIN_YEAR) <= MAX_YEAR:
        raise NotFound

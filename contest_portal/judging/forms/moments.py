"""Moments that are typed by the local clock."""

from __future__ import annotations

from datetime import datetime

from contest_portal.core.clock import timezone

MOMENT = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
"""How a browser sends a moment, and how a form shows it."""


def aware(moment: datetime | None) -> datetime | None:
    """The moment that was typed, at the office's place."""
    return moment.replace(tzinfo=timezone()) if moment else None

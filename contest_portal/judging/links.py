"""Addresses that notices carry."""

from __future__ import annotations


def own_round(round_id: int) -> str:
    """Where judges find their tasks of a round."""
    return f"/judge#round-{round_id}"


def task_page(task_id: int) -> str:
    """A judge's own task."""
    return f"/judge/tasks/{task_id}"


def requests_of_round(round_id: int) -> str:
    """Where the office finds what judges ask in a round."""
    return f"/office/rounds/{round_id}#requests"


def report_page(report_id: int) -> str:
    """A judge's report of fraud, for the office."""
    return f"/office/reports/{report_id}"

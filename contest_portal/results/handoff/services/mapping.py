"""Which category of a contest stands for each that a sender names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contest_portal.contests.models import Category, Contest
from contest_portal.results.handoff.models import Handoff

TAKEN_STATES = ("taken", "returned")


def categories_for(row: Handoff, contest: Contest) -> dict[str, Category]:
    """The sender's category code → the category here: as it was chosen, else the one of that code."""
    own = {one.id: one for one in contest.categories}
    by_code = {one.code: one for one in contest.categories}
    chosen: Mapping[str, Any] = row.options.get("categories", {})
    found: dict[str, Category] = {}
    for count in row.document.get("counts", []):
        category = own.get(chosen.get(count["code"], 0)) or by_code.get(count["code"])
        if category is not None:
            found[count["code"]] = category
    return found


def unmapped(row: Handoff, contest: Contest) -> list[Mapping[str, Any]]:
    """The sender's categories (`code`, `name`, `entries`) of which nobody has said yet what they are here."""
    known = categories_for(row, contest)
    return [one for one in row.document.get("counts", []) if one["code"] not in known and one["entries"]]

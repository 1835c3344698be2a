"""The tables of states of recommendation lists and public lists."""

from __future__ import annotations

import pytest

from contest_portal.results.lists.states import SHORTLIST_CHANGES, SHORTLIST_STATES, shortlist_after
from contest_portal.results.publishing.states import PUBLICATION_CHANGES, PUBLICATION_STATES, publication_after


@pytest.mark.parametrize(
    ("names", "changes"), [(SHORTLIST_STATES, SHORTLIST_CHANGES), (PUBLICATION_STATES, PUBLICATION_CHANGES)]
)
def test_every_state_is_named_and_reached(names: dict, changes: tuple) -> None:
    assert {one.source for one in changes} | {one.target for one in changes} == set(names)


def test_only_a_draft_is_approved_or_published() -> None:
    assert [state for state in SHORTLIST_STATES if shortlist_after("approve", state)] == ["draft"]
    assert [state for state in PUBLICATION_STATES if publication_after("publish", state)] == ["draft"]


def test_nothing_comes_back_from_being_replaced() -> None:
    assert [one for one in SHORTLIST_CHANGES if one.source == "superseded"] == []
    assert {one.target for one in PUBLICATION_CHANGES if one.source == "amended"} == {"pulled"}
    assert [one for one in PUBLICATION_CHANGES if one.source == "pulled"] == []

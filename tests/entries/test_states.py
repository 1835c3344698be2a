"""The table of an entry's states."""

from __future__ import annotations

from contest_portal.entries.states import STATE_NAMES, TRANSITIONS, acts_from, transition


def test_every_state_is_reached_and_named() -> None:
    reached = {one.target for one in TRANSITIONS} | {"draft"}
    assert reached == set(STATE_NAMES)


def test_a_withdrawn_entry_stays_withdrawn() -> None:
    assert acts_from("withdrawn") == ()


def test_a_draft_can_only_be_submitted() -> None:
    assert acts_from("draft") == ("submit",)
    assert transition("accept", "draft") is None

"""The table of an entry's states, and its drawing in the documentation."""

from __future__ import annotations

from pathlib import Path

from contest_portal.entries.states import STATE_NAMES, TRANSITIONS, acts_from, drawing, transition

PAGE = Path(__file__).parents[2] / "docs" / "entry-states.md"


def test_every_state_is_reached_and_named() -> None:
    reached = {one.target for one in TRANSITIONS} | {"draft"}
    assert reached == set(STATE_NAMES)


def test_a_withdrawn_entry_stays_withdrawn() -> None:
    assert acts_from("withdrawn") == ()


def test_a_draft_can_only_be_submitted() -> None:
    assert acts_from("draft") == ("submit",)
    assert transition("accept", "draft") is None


def test_the_documentation_draws_this_table() -> None:
    assert f"```mermaid\n{drawing()}```" in PAGE.read_text("utf-8"), (
        "docs/entry-states.md does not show the table of contest_portal/entries/states.py: "
        "put the text that `states.drawing()` gives into its mermaid block"
    )

"""Addresses that notices carry."""

from __future__ import annotations


def own_round(round_id: int) -> str:
    """Where judges find their tasks of a round."""
    return f"/judge#round-{round_id}"

"""What some of the demo's works were copied from. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Original:
    """The copied entry: its number among the works, and what its painting shows."""

    number: int
    theme: str
    sign: str

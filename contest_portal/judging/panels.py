"""Which panel a work belongs to: by hand, else the first panel whose rule fits. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class PanelRule:
    """Which works a panel takes: of these stage groups, disciplines and categories (none named: any).

    `by_hand`: only works that are placed in it one by one.
    """

    stages: frozenset[str] = frozenset()
    disciplines: frozenset[str] = frozenset()
    categories: frozenset[int] = frozenset()
    by_hand: bool = False

    def fits(self, stage: str, discipline: str, category: int) -> bool:
        """Whether the rule alone takes such a work."""
        return (
            not self.by_hand
            and (not self.stages or stage in self.stages)
            and (not self.disciplines or discipline in self.disciplines)
            and (not self.categories or category in self.categories)
        )

    def to_dict(self) -> dict[str, Any]:
        """As a panel keeps it: only what restricts."""
        document: dict[str, Any] = {
            name: sorted(values) for name in ("stages", "disciplines", "categories") if (values := getattr(self, name))
        }
        return {**document, "by_hand": True} if self.by_hand else document

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> PanelRule:
        """The rule that `to_dict` gave."""
        return cls(
            frozenset(document.get("stages", ())),
            frozenset(document.get("disciplines", ())),
            frozenset(document.get("categories", ())),
            bool(document.get("by_hand")),
        )


@dataclass(frozen=True)
class PlannedPanel:
    """A panel as planning sees it."""

    id: int
    name: str
    rule: PanelRule = field(default_factory=PanelRule)


def panel_of(
    panels: Sequence[PlannedPanel], stage: str, discipline: str, category: int, *, by_hand: int | None = None
) -> PlannedPanel | None:
    """The panel that a work falls to, in the panels' order; None where no rule fits."""
    for panel in panels:
        if panel.id == by_hand:
            return panel
    return next((panel for panel in panels if panel.rule.fits(stage, discipline, category)), None)


def by_stage(groups: Sequence[tuple[str, str]]) -> list[tuple[str, PanelRule]]:
    """A panel a stage group, from (code, name) in order; a code of several categories makes one panel."""
    names = dict(groups[::-1])
    return [(names[code], PanelRule(stages=frozenset({code}))) for code in dict.fromkeys(code for code, _ in groups)]


def by_discipline(disciplines: Collection[str], nameless: str) -> list[tuple[str, PanelRule]]:
    """A panel a discipline that works have, by name; `nameless` is what the panel of works without one is called."""
    named = [(one, PanelRule(disciplines=frozenset({one}))) for one in sorted(disciplines) if one]
    return named + ([(nameless, PanelRule(disciplines=frozenset({""})))] if "" in disciplines else [])

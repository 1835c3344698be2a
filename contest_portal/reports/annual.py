"""The year's numbers and their sentence, in the wording that the office itself uses. Pure.

Source of the wording: the office's summary of 2018, kept in tests/published/contest_2018.json.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from contest_portal.core.text import N_, Message

PRIMARY, SECONDARY = "小学", "中学"


@dataclass(frozen=True)
class CategoryNumbers:
    """One category's numbers: how many were collected and how many recommended, in its measure word.

    The numbers by stage (小学, 中学) are there where the category's rules ask for them in the summary.
    """

    name: str
    measure: str
    collected: int
    recommended: int
    collected_by_stage: Mapping[str, int] = field(default_factory=dict)
    recommended_by_stage: Mapping[str, int] = field(default_factory=dict)
    stages: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """小学 and 中学: (collected, recommended), for every category that pupils enter."""

    @property
    def kept_share(self) -> float | None:
        """How much of what was collected went up, 0 to 1; None where nothing was collected."""
        return self.recommended / self.collected if self.collected else None


def rolled_up(stage_name: str) -> str:
    """初中 and 高中 together are 中学; 小学 stays."""
    return PRIMARY if stage_name == PRIMARY else SECONDARY


def summary_sentence(categories: Sequence[CategoryNumbers], upper_title: str) -> str:
    """The summary's sentence. It is quoted office prose, always Chinese, with the office's half-width marks."""
    collected = ";".join(_collected(category) for category in categories)
    recommended = ";".join(_recommended(category) for category in categories)
    return f"征集{collected}。通过最终审核评审,推荐上报{recommended}参加{upper_title}。"


def _collected(category: CategoryNumbers) -> str:
    measure, stages = category.measure, category.collected_by_stage
    parts = ",".join(f"{stage}{stages.get(stage, 0)}{measure}" for stage in (SECONDARY, PRIMARY))
    return f"{category.name}{category.collected}{measure}" + (f"({parts})" if stages else "")


def _recommended(category: CategoryNumbers) -> str:
    measure, stages = category.measure, category.recommended_by_stage
    parts = ",".join(f"{stage}生{stages.get(stage, 0)}{measure}" for stage in (SECONDARY, PRIMARY))
    return f"{category.name}{category.recommended}{measure}" + (f"({parts})" if stages else "")


def participants_phrase(total: int) -> str:
    """How the office states a head-count: whole hundreds, with 多 where it was more."""
    if total < 100:
        return f"{total}名师生"
    hundreds = total // 100 * 100
    return f"{hundreds}{'多' if total > hundreds else ''}名师生"


def inconsistencies(categories: Sequence[CategoryNumbers]) -> list[Message]:
    """What cannot be right in any year: more recommended than collected, in a category or one of its stages."""
    found = []
    for category in categories:
        pairs = [(category.name, category.collected, category.recommended)]
        for stage in (PRIMARY, SECONDARY):
            name = f"{category.name}({stage})"
            pairs.append((name, category.collected_by_stage.get(stage, 0), category.recommended_by_stage.get(stage, 0)))
        found += [
            Message.of(
                N_("%(name)s：推荐 %(recommended)s 多于征集 %(collected)s，请核对。"),
                name=name,
                recommended=recommended,
                collected=collected,
            )
            for name, collected, recommended in pairs
            if recommended > collected
        ]
    return found

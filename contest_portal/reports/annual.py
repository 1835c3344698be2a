"""The year's numbers and their sentence, in the wording that the office itself uses. Pure.

Source of the wording: the office's summary of 2018, kept in tests/published/contest_2018.json.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from contest_portal.core.text import N_, Message

PRIMARY, SECONDARY = "小学", "中学"
FIELD = re.compile(r"\{([^{}\n]{1,80})\}")
"""A number's place in a text."""
_PEOPLE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([千万]?)\s*[多余]?\s*(?:名|人|$)")
_TIMES = {"": 1, "千": 1_000, "万": 10_000}


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
    text, numbers = sentence_template(categories, upper_title)
    return FIELD.sub(lambda field: str(numbers[field[1]]), text)


def sentence_template(categories: Sequence[CategoryNumbers], upper_title: str) -> tuple[str, dict[str, int]]:
    """The sentence with a field for each number, such as {科幻画作品征集} or {科幻画作品推荐:小学}; the numbers by field."""
    numbers: dict[str, int] = {}
    collected = ";".join(_collected(category, numbers) for category in categories)
    recommended = ";".join(_recommended(category, numbers) for category in categories)
    return f"征集{collected}。通过最终审核评审,推荐上报{recommended}参加{as_text(upper_title)}。", numbers


def as_text(name: str) -> str:
    """A name as part of a text with fields: its braces are no field's."""
    return name.translate({ord("{"): "｛", ord("}"): "｝"})


def _collected(category: CategoryNumbers, numbers: dict[str, int]) -> str:
    return _stated(category, "征集", category.collected, category.collected_by_stage, "", numbers)


def _recommended(category: CategoryNumbers, numbers: dict[str, int]) -> str:
    return _stated(category, "推荐", category.recommended, category.recommended_by_stage, "生", numbers)


def _stated(
    category: CategoryNumbers, word: str, total: int, stages: Mapping[str, int], person: str, numbers: dict[str, int]
) -> str:
    name, measure = as_text(category.name), as_text(category.measure)
    field = f"{name}{word}"
    numbers[field] = total
    parts = []
    for stage in (SECONDARY, PRIMARY) if stages else ():
        numbers[f"{field}:{stage}"] = stages.get(stage, 0)
        parts.append(f"{stage}{person}{{{field}:{stage}}}{measure}")
    return f"{name}{{{field}}}{measure}" + (f"({','.join(parts)})" if parts else "")


def participants_phrase(total: int) -> str:
    """How the office states a head-count: whole hundreds, with 多 where it was more."""
    return about(total, "名师生")


def about(total: int, unit: str, *, more: str = "多") -> str:
    """A large number as the office states it: whole hundreds, with 多 (or another word) where it was more."""
    if total < 100:
        return f"{total}{unit}"
    hundreds = total // 100 * 100
    return f"{hundreds}{more if total > hundreds else ''}{unit}"


def stated_people(figure: object) -> int:
    """How many people a figure states that somebody typed: 16000 of 「16000多人次」, 12000 of 「1.2万余人」; 0 where it states none."""
    found = _PEOPLE.search(str(figure).replace(",", "").replace("，", ""))
    return round(float(found[1]) * _TIMES[found[2]]) if found else 0


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

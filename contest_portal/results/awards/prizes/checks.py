"""What is wrong with a rule of awards before anything is given by it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from contest_portal.core.text import N_, Message
from contest_portal.results.awards.prizes.awarding import PrizeRule, share_text

FULL = 100
ORDERS = (("特等", "一等", "二等", "三等", "四等"), ("金奖", "银奖", "铜奖"))
"""Names whose order everybody knows, the highest first."""


def problem_of(rule: PrizeRule) -> tuple[str, Message] | None:
    """(field, what is wrong) of a rule that cannot be followed, or None."""
    return _of_names([level.name for level in rule.levels]) or _of_places(rule) or _of_minimums(rule)


def _of_names(names: Sequence[str]) -> tuple[str, Message] | None:
    if not names or not all(names):
        return "levels", Message.of(N_("请至少写一个奖项等级，每个等级都要有名称。"))
    if len(set(names)) < len(names):
        twice = next(name for name, count in Counter(names).items() if count > 1)
        return "levels", Message.of(N_("奖项等级「%(name)s」写了两次。"), name=twice)
    for order in ORDERS:
        known = [(order.index(start), name) for name in names for start in order if name.startswith(start)]
        for (place, above), (next_place, below) in pairwise(known):
            if place > next_place:
                words = N_("「%(below)s」应排在「%(above)s」前面：等级从高到低填写。")
                return "levels", Message.of(words, above=above, below=below)
    return None


def _of_places(rule: PrizeRule) -> tuple[str, Message] | None:
    if rule.by_count:
        if not sum(level.count for level in rule.levels):
            return "levels", Message.of(N_("按数量设奖时，各等级的名额不能都是 0。"))
        for level in rule.levels:
            if (empty := rule.empty.get(level.name, 0)) > level.count:
                words = N_("「%(name)s」有 %(count)s 个名额，空缺填了 %(empty)s 个。空缺不能多于名额。")
                return "levels", Message.of(words, name=level.name, count=level.count, empty=empty)
        return None
    shares = [level.share for level in rule.levels]
    if any(share < 0 for share in shares) or not sum(shares):
        return "levels", Message.of(N_("按比例设奖时，请写各等级的比例，例如 15、35、50。"))
    if (blank := next((level.name for level in rule.levels if not level.share), None)) is not None:
        words = N_("「%(name)s」没有写比例。请填写，或清空这一级的名称。")
        return "levels", Message.of(words, name=blank)
    if sum(shares) != FULL:
        words = N_("各等级的比例合计是 %(total)s%%，应为 100%%（例如 15、35、50），请核对。")
        return "levels", Message.of(words, total=share_text(sum(shares, Fraction(0))))
    if rule.winners_by.startswith("share") and not 0 < rule.winners_share <= FULL:
        return "winners_share", Message.of(N_("获奖比例应大于 0，不超过 100。"))
    if rule.winners_by == "count" and rule.winners_count < 1:
        return "winners_count", Message.of(N_("请写获奖总数，至少 1。"))
    return None


def _of_minimums(rule: PrizeRule) -> tuple[str, Message] | None:
    for level in rule.levels:
        if level.minimum is not None and not 0 <= level.minimum <= FULL:
            words = N_("「%(name)s」的最低分是 %(minimum)s，应在 0 到 100 之间：得分满分为 100 分。")
            return "levels", Message.of(words, name=level.name, minimum=f"{level.minimum:g}")
    minimums = [level.minimum for level in rule.levels if level.minimum is not None]
    if minimums != sorted(minimums, reverse=True):
        return "levels", Message.of(N_("高等级奖项的最低分不能低于下一等级的最低分。"))
    return None

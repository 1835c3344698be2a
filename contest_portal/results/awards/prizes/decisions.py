"""What decisions of the committee cost others: works that by rank would have had a place. Pure.

A work is compared with the list as it would be without the awards decided for works of its own rank (an equal got the
place) and of ranks behind it (it is displaced). What was decided for works ahead of it stays.
"""

from __future__ import annotations

import sys
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

from contest_portal.results.awards.prizes import reasons
from contest_portal.results.awards.prizes.awarding import Fixed, PrizeLine, PrizeRule, Prizes, Ranked, award_prizes

DISPLACED = "displaced"
EQUAL_DECIDED = "equal_decided"


def tell_decisions(
    rule: PrizeRule, ranked: Sequence[Ranked], entry_count: int, fixed: Mapping[Hashable, Fixed], outcome: Prizes
) -> Prizes:
    """The same awards; the reason of a work that a decision cost a place names the decision."""
    # A work that was not judged is behind all others.
    ranks = {one.entry_id: one.rank or sys.maxsize for one in ranked}
    decided = sorted({ranks[one] for one, verdict in fixed.items() if verdict.award and one in ranks})
    lines = {line.entry_id: line for line in outcome.lines}
    # What a work would have depends on ranks up to its own: one list a decided rank answers for all ranks before it.
    for first_dropped in decided:
        kept = {
            one: verdict
            for one, verdict in fixed.items()
            if not (verdict.award and one in ranks and ranks[one] >= first_dropped)
        }
        by_rank = award_prizes(rule, ranked, entry_count, kept)
        if not isinstance(by_rank, Prizes):
            continue
        before = max((one for one in decided if one < first_dropped), default=0)
        for line in by_rank.lines:
            rank = ranks[line.entry_id]
            if line.entry_id in fixed or rank == sys.maxsize or not before <= rank <= first_dropped:
                continue
            told = _told(rule, rank, lines[line.entry_id], line, is_equal=rank == first_dropped)
            # An equal's decision is told only where no work behind cost the place: that is seen at the next rank.
            if told is not None:
                lines[line.entry_id] = told
    return replace(outcome, lines=tuple(lines[line.entry_id] for line in outcome.lines))


def _told(rule: PrizeRule, rank: int, line: PrizeLine, by_rank: PrizeLine, *, is_equal: bool) -> PrizeLine | None:
    """The line with its true reason, None where the decisions cost it nothing."""
    height = {level.name: number for number, level in enumerate(rule.levels)}
    lost, has = _best(by_rank), _best(line)
    if not lost or height[lost] >= height.get(has, len(height)):
        return None
    if line.state == "tied":
        return replace(line, code=EQUAL_DECIDED if is_equal else DISPLACED)
    if is_equal:
        words = reasons.equal_decided_lower(rank, lost, has) if has else reasons.equal_decided(rank, lost)
        return replace(line, code=EQUAL_DECIDED, message=words)
    words = reasons.displaced_lower(rank, lost, has) if has else reasons.displaced(rank, lost)
    return replace(line, code=DISPLACED, message=words)


def _best(line: PrizeLine) -> str:
    """The level it gets, or may get once the committee decides."""
    return str(line.message.params["award"]) if line.state == "tied" else line.award


def newly_displaced(old: Mapping[Hashable, str], new: Prizes) -> list[PrizeLine]:
    """Lines that a decision costs a place now. `old`: work → code of its reason on the list before."""
    return [line for line in new.lines if line.code == DISPLACED and old.get(line.entry_id) != DISPLACED]

"""Awards by level: how many places each level has, and who gets what. Pure.

Of the winners 15 : 35 : 50 get first, second and third awards; rounding as domain.md §7: floor for the first level, floor
for the first two together, the rest for the last. Works of equal rank across a border wait for the committee; nothing is
decided by the order of a file.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, cast

from contest_portal.core.text import N_, Message
from contest_portal.results.awards.prizes import reasons

WinnersBy = Literal["share_of_entries", "share_of_ranked", "all_ranked", "count"]
LineState = Literal["given", "none", "tied"]


@dataclass(frozen=True)
class Level:
    """One level. `share`: its part of the winners, in proportion to the others' (15 of 15 : 35 : 50). `count`: its places
    where the rule counts places. `minimum`: a work below this score does not get it."""

    name: str
    share: Fraction = Fraction(0)
    count: int = 0
    minimum: float | None = None


DEFAULT_LEVELS = (
    Level(N_("一等奖"), Fraction(15)),
    Level(N_("二等奖"), Fraction(35)),
    Level(N_("三等奖"), Fraction(50)),
)


@dataclass(frozen=True)
class PrizeRule:
    """How the awards of a category are given.

    `source`: among whom, all ranked works or those on the approved recommendation list. `winners_by`: how many win
    anything: a share (per cent) of the works that stand, or of those that may win, all of these, or a number;
    `by_count`: the levels have fixed numbers of places instead, and their sum wins.
    """

    levels: tuple[Level, ...] = DEFAULT_LEVELS
    source: Literal["ranking", "shortlist"] = "ranking"
    by_count: bool = False
    winners_by: WinnersBy = "share_of_entries"
    winners_share: Fraction = Fraction(60)
    winners_count: int = 0
    empty: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The rule as JSON-able data; shares as decimal text."""
        return {
            "levels": [
                {"name": one.name, "share": share_text(one.share), "count": one.count, "minimum": one.minimum}
                for one in self.levels
            ],
            "source": self.source,
            "by_count": self.by_count,
            "winners_by": self.winners_by,
            "winners_share": share_text(self.winners_share),
            "winners_count": self.winners_count,
            "empty": {name: count for name, count in sorted(self.empty.items()) if count},
        }


def share_text(share: Fraction) -> str:
    """15 or 12.5."""
    return f"{float(share):.4f}".rstrip("0").rstrip(".")


def read_rule(data: Mapping[str, Any]) -> PrizeRule:
    """The rule that `to_json` gave."""
    return PrizeRule(
        levels=tuple(
            Level(one["name"], Fraction(one["share"]), one["count"], one["minimum"]) for one in data["levels"]
        ),
        source=data["source"],
        by_count=data["by_count"],
        winners_by=data["winners_by"],
        winners_share=Fraction(data["winners_share"]),
        winners_count=data["winners_count"],
        empty=dict(data["empty"]),
    )


def _sum(rule: PrizeRule) -> Fraction:
    return sum((level.share for level in rule.levels), Fraction(0))


def winner_count(rule: PrizeRule, entry_count: int, ranked_count: int) -> int:
    """How many win anything. A share is rounded down; never more than may win."""
    if rule.by_count:
        wanted = sum(level.count for level in rule.levels)
    elif rule.winners_by == "share_of_entries":
        wanted = int(entry_count * rule.winners_share / 100)
    elif rule.winners_by == "share_of_ranked":
        wanted = int(ranked_count * rule.winners_share / 100)
    else:
        wanted = ranked_count if rule.winners_by == "all_ranked" else rule.winners_count
    return wanted if rule.by_count else min(wanted, ranked_count)


def level_places(rule: PrizeRule, winners: int) -> dict[str, int]:
    """Level → places before any stays empty. Cumulated shares are rounded down, the last level gets the rest."""
    if rule.by_count:
        return {level.name: level.count for level in rule.levels}
    places, cumulated, given = {}, Fraction(0), 0
    for level in rule.levels:
        cumulated += level.share
        upto = int(winners * cumulated / _sum(rule))
        places[level.name] = upto - given
        given = upto
    return places


def awarded_count(rule: PrizeRule, entry_count: int, ranked_count: int) -> int:
    """How many awards can be given at most: without the places that stay empty, and never more than may win."""
    places = level_places(rule, winner_count(rule, entry_count, ranked_count))
    return min(ranked_count, sum(max(0, count - rule.empty.get(name, 0)) for name, count in places.items()))


@dataclass(frozen=True)
class Ranked:
    """A work that may win. `rank` None: not judged."""

    entry_id: Hashable
    rank: int | None
    score: float | None = None


@dataclass(frozen=True)
class Fixed:
    """What was decided about a work: its award (empty: none), and the reason. `is_ruling`: not by the committee; its award was
    cancelled, or an objection was upheld."""

    award: str
    reason: str
    is_ruling: bool = False


@dataclass(frozen=True)
class PrizeLine:
    """What a work gets, and why. `award` is empty where it gets none or waits."""

    entry_id: Hashable
    award: str
    state: LineState
    code: str
    message: Message


@dataclass(frozen=True)
class Prizes:
    """The list, in order of ranks; places of each level, and how many of them nobody got."""

    lines: tuple[PrizeLine, ...]
    places: Mapping[str, int]
    left_over: Mapping[str, int]

    @property
    def tied(self) -> list[Hashable]:
        """The works that wait for the committee."""
        return [line.entry_id for line in self.lines if line.state == "tied"]


@dataclass(frozen=True)
class TooMany:
    """The committee gave more of a level than there are places."""

    level: str
    fixed: int
    places: int

    @property
    def message(self) -> Message:
        words = N_(
            "%(level)s有 %(places)s 个名额，评委会已决定给 %(fixed)s 件，多 %(more)s 件。请先改名额或取消其中的决定。"
        )
        return Message.of(words, level=self.level, places=self.places, fixed=self.fixed, more=self.fixed - self.places)


def award_prizes(
    rule: PrizeRule, ranked: Sequence[Ranked], entry_count: int, fixed: Mapping[Hashable, Fixed] | None = None
) -> Prizes | TooMany:
    """Give the awards by rank around what the committee decided.

    A work with a decided award takes one of that level's places; the others fill what is left in order of rank. Whoever
    gets none by decision leaves the place to the next. `entry_count`: works of which a share wins.
    """
    decided = dict(fixed or {})
    able = [one for one in ranked if one.rank is not None]
    places = level_places(rule, winner_count(rule, entry_count, len(able)))
    room = {}
    for level in rule.levels:
        taken = sum(decided[one.entry_id].award == level.name for one in ranked if one.entry_id in decided)
        open_places = max(0, places[level.name] - rule.empty.get(level.name, 0))
        if taken > open_places:
            return TooMany(level.name, taken, open_places)
        room[level.name] = open_places - taken
    none_left = _none_left(rule, places, entry_count, len(able))
    found = {one.entry_id: _decided_line(one, decided[one.entry_id]) for one in ranked if one.entry_id in decided}
    groups: dict[int, list[Ranked]] = {}
    for one in able:
        if one.entry_id not in decided:
            groups.setdefault(one.rank or 0, []).append(one)
    closed: set[str] = set()
    never = [level.name for level in rule.levels if places[level.name] <= rule.empty.get(level.name, 0)]
    for rank in sorted(groups):
        for line in _group_lines(rule, groups[rank], room, places, closed, never, none_left):
            found[line.entry_id] = line
    for one in ranked:
        found.setdefault(
            one.entry_id, PrizeLine(one.entry_id, "", "none", "unranked", Message.of(N_("没有评审名次。")))
        )
    order = sorted(range(len(ranked)), key=lambda i: (ranked[i].rank is None, ranked[i].rank or 0, i))
    return Prizes(tuple(found[ranked[i].entry_id] for i in order), places, dict(room))


def _decided_line(one: Ranked, verdict: Fixed) -> PrizeLine:
    state, code = ("given", "decided") if verdict.award else ("none", "decided_none")
    message = reasons.ruled_out(verdict.reason) if verdict.is_ruling else reasons.decided(verdict.award, verdict.reason)
    return PrizeLine(one.entry_id, verdict.award, cast(LineState, state), code, message)


def _none_left(rule: PrizeRule, places: Mapping[str, int], entries: int, able: int) -> Callable[[int | None], Message]:
    """Rank → why a work of it has no place once no level has room."""
    total = sum(places.values())
    if not total and not rule.by_count and rule.winners_by.startswith("share"):
        is_of_ranked = rule.winners_by == "share_of_ranked"
        nothing = reasons.no_places_of_share(
            able if is_of_ranked else entries, share_text(rule.winners_share), is_of_ranked
        )
        return lambda _rank: nothing
    empty = sum(min(count, rule.empty.get(name, 0)) for name, count in places.items())
    return lambda rank: reasons.no_places_left(rank, total, empty)


def _group_lines(
    rule: PrizeRule,
    group: Sequence[Ranked],
    room: dict[str, int],
    places: Mapping[str, int],
    closed: set[str],
    never: Sequence[str],
    none_left: Callable[[int | None], Message],
) -> list[PrizeLine]:
    """The lines of works of one rank; takes their places out of `room`. A level whose minimum a rank missed is `closed`
    for all ranks behind it; `never` had a place for anybody."""
    rank, size = group[0].rank, len(group)
    taking: list[tuple[str, int]] = []
    left, too_low = size, None
    full = [level.name for level in rule.levels if not room[level.name] and level.name not in never]
    for level in rule.levels:
        if not left or not room[level.name]:
            continue
        if level.name in closed or _is_below(level, group):
            closed.add(level.name)
            too_low = level
            continue
        taken = min(left, room[level.name])
        room[level.name] -= taken
        taking.append((level.name, taken))
        left -= taken
    missed = too_low if too_low is not None and _is_below(too_low, group) else None
    award, state, code = "", "none", "behind"
    if len(taking) == 1 and not left:
        award, state, code = taking[0][0], "given", "by_rank"
        above = (missed.name, f"{missed.minimum:g}") if missed else None
        higher = [level.name for level in rule.levels[: [one.name for one in rule.levels].index(award)]]
        unused = [name for name in higher if name in never]
        message = reasons.within_places(rank, award, places[award], above, unused)
    elif taking:
        state, code, message = "tied", "tied", reasons.waits(rank, size, *taking[0])
    elif missed is not None:
        code, message = "below_minimum", reasons.below_minimum(rank, missed.name, f"{missed.minimum:g}", full)
    elif too_low is not None:
        message = reasons.closed_before(rank, too_low.name, full)
    else:
        message = none_left(rank)
    return [PrizeLine(one.entry_id, award, cast(LineState, state), code, message) for one in group]


def _is_below(level: Level, group: Sequence[Ranked]) -> bool:
    return level.minimum is not None and any(one.score is None or one.score < level.minimum for one in group)

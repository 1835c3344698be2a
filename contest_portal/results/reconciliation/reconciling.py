"""From what came in to what was awarded, category by category, each difference a set of works. Pure.

Every work that was ever handed in stands in exactly one row: the first that applies, in the order of the rows. So the sums
always close; what can be wrong is that the works that should be left are not those on the list, and these are named.

There are two ends where a category has both lists: awards, and beside them the recommended works, each with what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from contest_portal.core.text import N_, Message

Kind = Literal["start", "minus", "subtotal", "end", "beside"]
_Take = Callable[[str, Message, Iterable[int]], None]
_Keep = Callable[[str, str], None]

WITHDRAWN, REJECTED, RETURNED, SCREENING = "withdrawn", "rejected", "returned", "submitted"
_BY_STATE = {
    WITHDRAWN: N_("撤回"),
    REJECTED: N_("审核不通过"),
    RETURNED: N_("退回后没有再提交"),
}
_NOT_LISTED = {
    "out": N_("没有列入推荐名单"),
    "reserve": N_("推荐名单的候补"),
    "tied": N_("并列待定"),
}


@dataclass(frozen=True)
class RoundFacts:
    """A round that was judged: its works, and those that went on to a later round (None: no later round took any)."""

    id: int
    name: str
    works: frozenset[int]
    went_on: frozenset[int] | None = None


@dataclass(frozen=True)
class CategoryFacts:
    """What is known of a category: works ever handed in by state; rounds in order; the approved lists; the public list.

    `listed`: work → in, out, reserve, tied. `awarded`: work → its award, empty for none. `upheld`: works whose objection was
    upheld. `public`: works on the list that is public now, of awards where there are any; `public_listed`: then those on the
    public list of recommended works. None: there is no such list.
    """

    states: Mapping[int, str]
    rounds: Sequence[RoundFacts] = ()
    listed: Mapping[int, str] | None = None
    awarded: Mapping[int, str] | None = None
    upheld: frozenset[int] = frozenset()
    public: frozenset[int] | None = None
    public_listed: frozenset[int] | None = None


@dataclass(frozen=True)
class Row:
    """A line of the account: what came in, what goes off, what is left; `beside`: the other end."""

    code: str
    kind: Kind
    label: Message
    works: frozenset[int]


@dataclass(frozen=True)
class Mismatch:
    """Works that stand where they should not, or do not where they should."""

    code: str
    label: Message
    works: frozenset[int]


@dataclass
class Account:
    """A category's rows in order, and what does not agree with them."""

    rows: list[Row] = field(default_factory=list)
    mismatches: list[Mismatch] = field(default_factory=list)

    def row(self, code: str) -> Row | None:
        return next((one for one in self.rows if one.code == code), None)

    @property
    def end(self) -> Row:
        return next(one for one in reversed(self.rows) if one.kind == "end")

    @property
    def closes(self) -> bool:
        return not self.mismatches


def reconcile(facts: CategoryFacts) -> Account:
    """The account of one category."""
    account = Account()
    left = set(facts.states)
    account.rows.append(Row("collected", "start", Message(N_("收到")), frozenset(left)))

    def take(code: str, label: Message, works: Iterable[int]) -> None:
        gone = frozenset(works) & left
        left.difference_update(gone)
        account.rows.append(Row(code, "minus", label, gone))

    def keep(code: str, label: str) -> None:
        account.rows.append(Row(code, "subtotal", Message(label), frozenset(left)))

    for state, words in _BY_STATE.items():
        take(state, Message(words), _with(facts.states, state))
    keep("stands", N_("征集"))
    take(SCREENING, Message(N_("审核没有完成")), _with(facts.states, SCREENING))
    _judged(facts, left, take, keep)
    _decided(facts, take)
    _compared(account, facts, frozenset(left))
    if facts.awarded is not None and facts.listed is not None:
        _recommended(account, facts)
    return account


def _judged(facts: CategoryFacts, left: set[int], take: _Take, keep: _Keep) -> None:
    if not facts.rounds:
        return
    in_rounds: set[int] = set().union(*(one.works for one in facts.rounds))
    take("not_judged", Message(N_("没有参加评审")), left - in_rounds)
    for one in facts.rounds:
        if one.went_on is not None:
            label = Message.of(N_("「%(round)s」没有进入下一轮"), round=one.name)
            take(f"eliminated-{one.id}", label, one.works - one.went_on)
    keep("finalists", N_("入围"))


def _decided(facts: CategoryFacts, take: _Take) -> None:
    awarded, listed = facts.awarded, facts.listed
    take("cancelled", Message(N_("异议成立后取消")), facts.upheld)
    if listed is not None:
        for decision, words in _NOT_LISTED.items():
            take(f"list-{decision}", Message(words), _with(listed, decision) - set(awarded or ()))
    if awarded is not None:
        take("no_award", Message(N_("没有获奖")), _with(awarded, ""))


def _recommended(account: Account, facts: CategoryFacts) -> None:
    """The other end: the account as it is without awards."""
    other = reconcile(replace(facts, awarded=None, public=facts.public_listed))
    account.rows.append(replace(other.end, kind="beside"))
    account.mismatches += [replace(one, code=f"listed-{one.code}") for one in other.mismatches]


def _compared(account: Account, facts: CategoryFacts, left: frozenset[int]) -> None:
    """The last row, and what the lists say otherwise."""
    if facts.awarded is not None:
        account.rows.append(Row("awarded", "end", Message(N_("获奖")), left))
        _differ(account, left, frozenset(facts.awarded) - _with(facts.awarded, ""), N_("获奖名单"))
    elif facts.listed is not None:
        account.rows.append(Row("listed", "end", Message(N_("推荐")), left))
        _differ(account, left, frozenset(_with(facts.listed, "in")), N_("推荐名单"))
    else:
        account.rows.append(Row("left", "end", Message(N_("还没有审定名单")), left))
        return
    if facts.public is not None:
        which = N_("公示的名单") if facts.awarded is not None else N_("公示的推荐名单")
        _differ(account, left, facts.public, which, "public-")


def _differ(account: Account, should: frozenset[int], there: frozenset[int], which: str, prefix: str = "") -> None:
    words = {"which": Message(which)}
    for code, label, works in (
        ("missing", N_("应在%(which)s上，却没有"), should - there),
        ("surplus", N_("在%(which)s上，却不应有"), there - should),
    ):
        if works:
            account.mismatches.append(Mismatch(f"{prefix}{code}", Message(label, dict(words)), works))


def _with(of: Mapping[int, str], value: str) -> set[int]:
    return {work for work, own in of.items() if own == value}

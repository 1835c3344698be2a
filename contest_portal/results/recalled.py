"""Works that the office below withdrew after they were accepted here: no list is approved or published before somebody dealt
with them.

Hand-offs stand above lists and awards, so those ask here, and the hand-offs register the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from contest_portal.core.errors import Conflict
from contest_portal.core.text import N_, Message

MOST_NAMED = 5

_given: list[Callable[[int], Sequence[str]]] = []


def provide_recalled(numbers: Callable[[int], Sequence[str]]) -> Callable[[int], Sequence[str]]:
    """Register, once at import, what gives the numbers of a category's works of that kind."""
    _given[:] = [numbers]
    return numbers


def require_none_recalled(category_id: int) -> None:
    """Raise Conflict, naming the works, where any of the category waits."""
    numbers = _waiting([category_id])
    if numbers:
        words = N_("报送单位已撤回 %(count)s 件作品：%(numbers)s。请先在「上报与收件」中撤回或保留这些作品，再审定。")
        raise Conflict("results.recalled", Message.of(words, count=len(numbers), numbers=_named(numbers)))


def require_none_recalled_of(category_ids: Sequence[int], listed: Collection[str]) -> None:
    """Raise Conflict, naming the works, where any that is about to be published (`listed`, entry numbers) waits."""
    numbers = [number for number in _waiting(category_ids) if number in listed]
    if numbers:
        words = N_("报送单位已撤回 %(count)s 件作品：%(numbers)s。请先在「上报与收件」中撤回或保留这些作品，再公示。")
        raise Conflict("results.recalled", Message.of(words, count=len(numbers), numbers=_named(numbers)))


def _waiting(category_ids: Sequence[int]) -> list[str]:
    return [number for one in _given for category_id in category_ids for number in one(category_id)]


def _named(numbers: Sequence[str]) -> str:
    return "、".join(numbers[:MOST_NAMED]) + ("…" if len(numbers) > MOST_NAMED else "")

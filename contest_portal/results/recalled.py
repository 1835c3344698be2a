"""Works that the office below withdrew after they were accepted here: no list is approved before somebody dealt with them.

Hand-offs stand above lists and awards, so those ask here, and the hand-offs register the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
    numbers = [number for one in _given for number in one(category_id)]
    if numbers:
        words = N_("报送单位已撤回 %(count)s 件作品：%(numbers)s。请先在「上报与收件」中撤回或保留这些作品，再审定。")
        names = "、".join(numbers[:MOST_NAMED]) + ("…" if len(numbers) > MOST_NAMED else "")
        raise Conflict("results.recalled", Message.of(words, count=len(numbers), numbers=names))

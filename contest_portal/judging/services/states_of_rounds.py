"""What every verb on a round asks first: is it as its page showed it, and in a state that allows the act."""

from __future__ import annotations

from contest_portal.core.database import locked
from contest_portal.core.errors import Conflict, Stale
from contest_portal.core.text import N_
from contest_portal.judging.models import Round
from contest_portal.judging.states import RoundAct, round_may


def seen_round(round_id: int, seen_version: int) -> Round:
    """The round, locked, as its page showed it. Raises Stale."""
    row = locked(Round, round_id)
    if row.version != seen_version:
        raise Stale
    return row


def require_state(act: RoundAct, row: Round) -> None:
    """Raises Conflict where the round's state does not allow the act."""
    if not round_may(act, row.state):
        raise Conflict("judging.round_state", N_("这个评审轮次的状态已经改变，不能再做这项操作。请刷新页面查看。"))

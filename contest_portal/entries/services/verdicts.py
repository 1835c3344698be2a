"""What the office says of two alike entries. A verdict stays, whatever is compared again; another one needs a person."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import locked, unit_of_work
from contest_portal.core.errors import Invalid, Stale
from contest_portal.core.i18n import minute
from contest_portal.core.text import N_, Message
from contest_portal.entries.draft_input import clean_text
from contest_portal.entries.likeness_models import LikenessPair
from contest_portal.people.models import Account

MOST_WORDS = 500

VERDICTS: dict[str, str] = {
    "same_work": N_("同一作品"),
    "copied": N_("抄袭"),
    "coincidence": N_("巧合"),
}
PAIR_STATES: dict[str, str] = {"open": N_("待核对"), **VERDICTS}


def judge_pair(
    actor: Actor, pair_id: int, seen: str, verdict: str, words: str, *, with_others: bool = False
) -> list[LikenessPair]:
    """Say what a pair is: same_work, copied (which needs words) or coincidence; gives the pairs that were judged.

    `seen` is the state that stood on the page. `with_others`: the other open pairs of the same two entries too. Raises
    Stale when a colleague judged meanwhile, Invalid for an unknown verdict, missing or too many words.
    """
    text = clean_text(words)
    if verdict not in VERDICTS:
        raise Invalid("entries.unknown_verdict", N_("请选择核对结论。"), field="verdict")
    if len(text) > MOST_WORDS:
        message = Message.of(N_("说明有 %(measured)s 字，最多 %(limit)s 字。"), measured=len(text), limit=MOST_WORDS)
        raise Invalid("entries.words_too_long", message, field="words")
    if verdict == "copied" and not text:
        raise Invalid("entries.words_missing", N_("认定为抄袭的，请在说明中写明依据。"), field="words")
    with unit_of_work(actor, "entries.judge_pair") as work:
        pair = locked(LikenessPair, pair_id)
        if pair.state != seen:
            raise _stale(work.session.get(Account, pair.judged_by) if pair.judged_by else None, pair)
        judged = [pair]
        if with_others:
            same = (LikenessPair.entry_a_id == pair.entry_a_id, LikenessPair.entry_b_id == pair.entry_b_id)
            others = select(LikenessPair).where(*same, LikenessPair.id != pair.id, LikenessPair.state == "open")
            judged += work.session.scalars(others.order_by(LikenessPair.id).with_for_update())
        for one in judged:
            before = {"state": one.state}
            one.state, one.words = verdict, text
            one.judged_by, one.judged_at = actor.account_id, now()
            work.record(one, before=before, after={"state": verdict}, why=text)
    return judged


def _stale(account: Account | None, pair: LikenessPair) -> Stale:
    source = N_("%(who)s已于 %(at)s 将这一对认定为「%(verdict)s」，您的操作没有生效。请查看最新状态。")
    who = account.name if account else Message(N_("管理员"))
    at = minute(pair.judged_at) if pair.judged_at else ""
    return Stale(Message.of(source, who=who, at=at, verdict=Message(PAIR_STATES[pair.state])))

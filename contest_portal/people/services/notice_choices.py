"""Verbs on one's own notices: where they come to, and which of them."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import delete, func, select, update

from contest_portal.core import kept_messages
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, found, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.core.i18n import translate
from contest_portal.core.outbox.asking import ask_now
from contest_portal.core.outbox.channels import is_set
from contest_portal.core.outbox.kinds import CONFIRMING, IN_APP, KINDS, MAIL, OUTSIDE
from contest_portal.core.outbox.models import NoticeAddress, NoticeChoice, OutboxMessage
from contest_portal.core.sealing import digest
from contest_portal.core.text import N_, Message
from contest_portal.people.links import link_to_confirmation
from contest_portal.people.models import Account
from contest_portal.people.notice_addresses import (
    ASKED_AGAIN_AFTER,
    LINK_GOOD_FOR,
    address_problem,
    normal_address,
)
from contest_portal.people.queries.notice_choices import address_of_token
from contest_portal.people.sessions import actor_of

MOST_ASKED_A_DAY = 5
_PENDING = ("waiting", "held", "failed")


def give_address(actor: Actor, channel: str, typed: str) -> NoticeAddress:
    """Ask to be reached there: the link that confirms it goes out; until it is opened nothing else does.

    An address given before is forgotten, and what waits for it is dropped. Raises Invalid, Conflict within a minute.
    """
    _require_channel(channel)
    address = normal_address(channel, typed)
    if problem := address_problem(channel, address):
        raise Invalid("people.notice_address", problem, field="address")
    token = secrets.token_urlsafe(24)
    with unit_of_work(actor, "people.give_notice_address") as work:
        row = _locked_address(work, actor.account_id or 0, channel)
        if row is not None and row.asked_at > now() - ASKED_AGAIN_AFTER:
            words = N_("一分钟内刚发过一次确认，请稍等，收不到再试。")
            raise Conflict("people.notice_address_again", words, field="address")
        _require_few_asked(work, actor.account_id or 0, channel)
        if row is None:
            row = NoticeAddress(account_id=actor.account_id or 0, channel=channel)
            work.session.add(row)
        row.address, row.token_digest, row.asked_at, row.confirmed_at = address, digest(token), now(), None
        work.session.flush()
        _drop_pending(work, row)
        work.session.add(_confirming(row, actor, token))
        work.after_commit(ask_now)
        work.record(row, after={"channel": channel})
    return row


def _require_few_asked(work: Work, account_id: int, channel: str) -> None:
    """Raise Conflict where the account asked for many links of late, also for addresses it removed again: whoever is
    reached there may be a stranger."""
    asked = work.session.scalar(
        select(func.count()).where(
            OutboxMessage.account_id == account_id,
            OutboxMessage.channel == channel,
            OutboxMessage.kind == CONFIRMING,
            OutboxMessage.created_at > now() - timedelta(days=1),
        )
    )
    if (asked or 0) >= MOST_ASKED_A_DAY:
        words = N_("一天之内最多发 %(most)s 次确认，请明天再试。")
        raise Conflict("people.notice_address_many", Message.of(words, most=MOST_ASKED_A_DAY), field="address")


def confirm_address(token: str, actor: Actor) -> NoticeAddress:
    """Whoever has the link reads what comes there. Raises NotFound for a link that is over."""
    with unit_of_work(actor, "people.confirm_notice_address") as work:
        known = address_of_token(token)
        row = _locked_address(work, known.account_id, known.channel) if known else None
        if row is None or row.token_digest != digest(token):
            raise NotFound("people.notice_link_over", N_("这个确认链接已失效。请登录后在「通知设置」中重新填写。"))
        row.confirmed_at, row.token_digest = now(), None
        owner = actor_of(found(Account, row.account_id))
        work.record(row, after={"channel": row.channel}, office_id=owner.office_id)
    return row


def remove_address(actor: Actor, channel: str) -> None:
    """Nothing more goes there; what waits is dropped. One that is gone already stays so."""
    with unit_of_work(actor, "people.remove_notice_address") as work:
        row = _locked_address(work, actor.account_id or 0, channel)
        if row is None:
            return
        _drop_pending(work, row)
        work.session.delete(row)
        work.record(("notice_address", row.id), before={"channel": channel})


def choose(actor: Actor, on: Mapping[str, Collection[str]], shown: Collection[str]) -> None:
    """Write what an account chooses: channel → kinds that come by it, for the channels that the page showed.

    What must show inside the site stays on, whatever was sent.
    """
    account_id = actor.account_id or 0
    with unit_of_work(actor, "people.choose_notices") as work:
        work.session.execute(
            delete(NoticeChoice).where(NoticeChoice.account_id == account_id, NoticeChoice.channel.in_(list(shown)))
        )
        for channel in shown:
            for code, kind in KINDS.items():
                is_on = code in on.get(channel, ()) or (channel == IN_APP and kind.must_show)
                if is_on != kind.default(channel):
                    work.session.add(NoticeChoice(account_id=account_id, kind=code, channel=channel, is_on=is_on))
        work.record(
            ("account", account_id), after={channel: sorted({*on.get(channel, ())} & {*KINDS}) for channel in shown}
        )


def _require_channel(channel: str) -> None:
    if channel not in OUTSIDE or not is_set(channel):
        raise Invalid("people.notice_channel", N_("本网站没有开通这种通知方式。"), field="address")


def _locked_address(work: Work, account_id: int, channel: str) -> NoticeAddress | None:
    row: NoticeAddress | None = work.session.scalar(
        select(NoticeAddress)
        .where(NoticeAddress.account_id == account_id, NoticeAddress.channel == channel)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return row


def _drop_pending(work: Work, row: NoticeAddress) -> None:
    """Every message that was meant for the address as it was."""
    reason = kept_messages.keep(Message.of(N_("收件人改了或删了收件地址。")))
    work.session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.account_id == row.account_id,
            OutboxMessage.channel == row.channel,
            OutboxMessage.state.in_(_PENDING),
        )
        .values(state="dropped", ended_at=now(), address=None, problem=reason)
        .execution_options(synchronize_session=False)
    )


def _confirming(row: NoticeAddress, actor: Actor, token: str) -> OutboxMessage:
    values = {"name": actor.name, "link": link_to_confirmation(token), "days": LINK_GOOD_FOR.days}
    if row.channel == MAIL:
        words = N_(
            "%(name)s，您好！\n\n有人在竞赛系统的「通知设置」中填写了这个邮箱。如果是您本人，请在 %(days)s 天内打开下面的"
            "网址，再按「确认」，以后的通知就会发到这里。\n%(link)s\n\n如果不是您本人，请不必理会。"
        )
    else:
        words = N_("%(name)s您好，请打开 %(link)s 确认用本号码接收竞赛通知，%(days)s 天内有效。非本人操作请忽略。")
    return OutboxMessage(
        key=f"{row.channel}-confirm-{digest(token)}",
        account_id=row.account_id,
        channel=row.channel,
        kind=CONFIRMING,
        address=row.address,
        subject=translate(Message.of(N_("请确认接收通知的邮箱"))) if row.channel == MAIL else "",
        body=translate(Message(words, values)),
        created_at=now(),
        next_at=now(),
        expires_at=now() + LINK_GOOD_FOR,
    )

"""Reads of what an office sends: messages, their texts, what is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, func, select

from contest_portal.core.database import db, found
from contest_portal.core.kept_messages import kept
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.core.models import Notice
from contest_portal.core.outbox.kinds import CONFIRMING
from contest_portal.core.outbox.letters import LETTERS, Letter, Texts
from contest_portal.core.outbox.models import NoticeTemplate, OutboxMessage, OutboxSettings
from contest_portal.core.outbox.queueing import default_texts, letter_values
from contest_portal.core.outbox.recipients import described
from contest_portal.core.text import N_, Message
from contest_portal.people.models import Account
from contest_portal.people.notice_addresses import mask_address
from contest_portal.people.queries.notice_recipients import members_for_preview

FILTERS = ("state", "kind", "channel")
STATES: Mapping[str, str] = {
    "held": N_("待放行"),
    "failed": N_("未发出"),
    "waiting": N_("等待发送"),
    "sending": N_("正在发送"),
    "sent": N_("已发出"),
    "dropped": N_("已取消"),
}
PREVIEWED = 3
_ORDER = case({state: place for place, state in enumerate(STATES)}, value=OutboxMessage.state)


@dataclass(frozen=True)
class MessageRow:
    """A message as staff see it: to whom, its address masked, why it has not gone out."""

    message: OutboxMessage
    name: str
    address: str
    reason: Message | None


@dataclass(frozen=True)
class LetterRow:
    """An occasion with the texts that hold for an office."""

    letter: Letter
    texts: Texts
    is_own: bool


def message(message_id: int) -> OutboxMessage:
    """The message. Raises NotFound."""
    return found(OutboxMessage, message_id)


def messages_page(office_id: int, listing: Listing) -> Page[MessageRow]:
    """The office's messages: what somebody must decide first, then what waits, then what is over."""
    wanted = (
        select(OutboxMessage, Account.name).join(Account, Account.id == OutboxMessage.account_id).where(*_of(office_id))
    )
    for column in (OutboxMessage.state, OutboxMessage.kind, OutboxMessage.channel):
        if value := listing.get(column.key):
            wanted = wanted.where(column == value)
    columns = {
        "urgency": (_ORDER, -OutboxMessage.id),
        "at": OutboxMessage.next_at,
        "kind": OutboxMessage.kind,
        "name": Account.name,
    }
    page = paginate(sorted_by(wanted, listing, columns, tie=OutboxMessage.id), listing, scalars=False)
    return Page([_row(one, name) for one, name in page.rows], page.total, listing)


def message_row(one: OutboxMessage) -> MessageRow:
    """One message as staff see it."""
    return _row(one, found(Account, one.account_id).name)


def state_counts(office_id: int) -> dict[str, int]:
    """State → how many; every state is there."""
    counted = select(OutboxMessage.state, func.count()).where(*_of(office_id)).group_by(OutboxMessage.state)
    numbers = {row[0]: row[1] for row in db.session.execute(counted)}
    return {state: numbers.get(state, 0) for state in STATES}


def pending_by_kind(office_id: int) -> dict[str, dict[str, int]]:
    """Kind → state → how many, of those about which something can be decided."""
    pending = OutboxMessage.state.in_(("waiting", "held", "failed"))
    counted = select(OutboxMessage.kind, OutboxMessage.state, func.count()).where(*_of(office_id), pending)
    result: dict[str, dict[str, int]] = {}
    grouped = counted.group_by(OutboxMessage.kind, OutboxMessage.state).order_by(OutboxMessage.kind)
    for kind, state, count in db.session.execute(grouped):
        result.setdefault(kind, {})[state] = count
    return result


def to_decide(office_id: int | None) -> Select[int]:
    """The statement that counts what waits for somebody: held or failed."""
    undecided = OutboxMessage.state.in_(("held", "failed"))
    return select(func.count(OutboxMessage.id)).where(*_of(office_id), undecided)


def held_kinds(office_id: int) -> list[str]:
    """The kinds that wait for a release at this office."""
    found_kinds = db.session.scalar(select(OutboxSettings.held_kinds).where(OutboxSettings.office_id == office_id))
    return list(found_kinds or ())


def letters_of(office_id: int) -> list[LetterRow]:
    """Every occasion. One statement."""
    rows = db.session.scalars(select(NoticeTemplate).where(NoticeTemplate.office_id == office_id))
    own = {row.code: Texts(row.subject, row.body, row.sms) for row in rows}
    return [LetterRow(one, own.get(code) or default_texts(code), code in own) for code, one in LETTERS.items()]


def letter_of(office_id: int, code: str) -> LetterRow | None:
    """One occasion, None for a code that there is not."""
    return next((row for row in letters_of(office_id) if row.letter.code == code), None)


def preview_values(office_id: int, letter: Letter) -> Sequence[tuple[str, Mapping[str, str]]]:
    """(name, values of the fields) of up to three real receivers: the last who had this letter, then others.

    For those who have not had it the occasion's own fields hold samples.
    """
    wanted = (
        select(Notice)
        .where(Notice.office_id == office_id, Notice.letter == letter.code)
        .order_by(Notice.id.desc())
        .limit(20)
    )
    last: dict[int, Notice] = {}
    for row in db.session.scalars(wanted):
        last.setdefault(row.account_id, row)
    accounts = list(last)[:PREVIEWED]
    if len(accounts) < PREVIEWED:
        others = members_for_preview(office_id, letter.roles, PREVIEWED * 2)
        accounts += [one for one in others if one not in last][: PREVIEWED - len(accounts)]
    people = described({(account_id, office_id) for account_id in accounts})
    shown = []
    for account_id in accounts:
        if recipient := people.get((account_id, office_id)):
            row = last.get(account_id) or _sample(letter)
            shown.append((recipient.name, letter_values(row, recipient)))
    return shown


def _sample(letter: Letter) -> Notice:
    return Notice(kind=letter.kind, letter=letter.code, fields=dict(letter.samples), url="")


def _row(one: OutboxMessage, name: str) -> MessageRow:
    address = mask_address(one.channel, one.address)
    return MessageRow(one, name, address, kept(one.problem) if one.problem else None)


def _of(office_id: int | None) -> tuple[ColumnElement[bool], ...]:
    return OutboxMessage.office_id == office_id, OutboxMessage.kind != CONFIRMING

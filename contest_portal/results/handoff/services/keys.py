"""An office's own keys, and the public keys of the offices that it hands to or receives from."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotAllowed
from contest_portal.core.text import N_, Message
from contest_portal.people.models import Office
from contest_portal.people.services.two_people import require_second_person
from contest_portal.results.handoff.models import HandoffPartner, OfficeKeys
from contest_portal.results.handoff.package.keys import (
    PrivateKeys,
    PublicKeys,
    decoded,
    encoded,
    key_file,
    read_key_file,
    spoken,
)


def ensure_keys(actor: Actor, office_id: int) -> OfficeKeys:
    """The office's keys, made at first use. The private ones are sealed with the instance's own key."""
    known = keys_of(office_id)
    if known is not None:
        return known
    with unit_of_work(actor, "results.make_handoff_keys") as work:
        office = locked(Office, office_id)
        row: OfficeKeys | None = work.session.scalar(select(OfficeKeys).where(OfficeKeys.office_id == office_id))
        if row is None:
            private = PrivateKeys.fresh()
            public = private.public(office.name)
            row = OfficeKeys(
                office_id=office_id,
                private_keys=private.to_text(),
                signing_key=encoded(public.signing),
                encryption_key=encoded(public.encryption),
                fingerprint=public.fingerprint,
                made_by=actor.account_id,
                made_at=now(),
            )
            work.session.add(row)
            work.record(row, after={"office_id": office_id, "fingerprint": public.fingerprint})
    return row


def keys_of(office_id: int) -> OfficeKeys | None:
    """The office's keys, or None before their first use."""
    return db.session.scalar(select(OfficeKeys).where(OfficeKeys.office_id == office_id))


def private_keys(actor: Actor, office_id: int) -> PrivateKeys:
    """To sign and to open with."""
    return PrivateKeys.from_text(ensure_keys(actor, office_id).private_keys)


def own_key_file(actor: Actor, office_id: int) -> bytes:
    """The file of public keys to give to partners."""
    return key_file(private_keys(actor, office_id), found(Office, office_id).name)


def add_partner(actor: Actor, office_id: int, content: bytes) -> HandoffPartner:
    """Take in a partner's key file; it counts for nothing until a leader confirmed it.

    Raises PackageProblem for what is no key file, Invalid for the office's own keys, Conflict for keys known already and for
    the name of another office: people and places of a sender are found again by its name.
    """
    public = read_key_file(content)
    own = keys_of(office_id)
    if own is not None and own.fingerprint == public.fingerprint:
        raise Invalid(
            "handoff.own_keys", N_("这是本单位自己的公钥，不用导入。请导入对方单位的公钥文件。"), field="file"
        )
    with unit_of_work(actor, "results.add_handoff_partner") as work:
        locked(Office, office_id)
        known: HandoffPartner | None = work.session.scalar(
            select(HandoffPartner).where(
                HandoffPartner.office_id == office_id, HandoffPartner.fingerprint == public.fingerprint
            )
        )
        if known is not None and known.state != "removed":
            message = Message.of(N_("「%(name)s」的这把公钥已经导入过了。"), name=known.name)
            raise Conflict("handoff.known_keys", message, field="file")
        _require_own_name(work, office_id, public.office, public.fingerprint)
        row = known or HandoffPartner(
            office_id=office_id,
            fingerprint=public.fingerprint,
            signing_key=encoded(public.signing),
            encryption_key=encoded(public.encryption),
        )
        row.name, row.state, row.added_by, row.added_at = public.office, "waiting", actor.account_id, now()
        row.confirmed_by = row.confirmed_at = None
        work.session.add(row)
        work.record(row, after={"name": row.name, "fingerprint": row.fingerprint, "state": row.state})
    return row


def _require_own_name(work: Work, office_id: int, name: str, fingerprint: str) -> None:
    """Raise Conflict where another partner has that name, or an office that works here and whose keys are others."""
    partner = select(HandoffPartner.id).where(
        HandoffPartner.office_id == office_id,
        HandoffPartner.name == name,
        HandoffPartner.fingerprint != fingerprint,
        HandoffPartner.state != "removed",
    )
    own = (
        select(Office.id)
        .outerjoin(OfficeKeys, OfficeKeys.office_id == Office.id)
        .where(
            Office.name == name,
            ~Office.is_sender_record,
            OfficeKeys.fingerprint.is_distinct_from(fingerprint),
        )
    )
    if work.session.scalar(partner.limit(1)) or work.session.scalar(own.limit(1)):
        message = Message.of(
            N_(
                "已有名为「%(name)s」的单位，公钥与这个文件的不同。对方换了公钥的，请先停用原来的一个再导入；"
                "是另一个单位的，请它改用能够区分的名称重新导出公钥。"
            ),
            name=name,
        )
        raise Conflict("handoff.known_name", message, field="file")


def confirm_partner(actor: Actor, partner_id: int, heard: str) -> HandoffPartner:
    """Trust the partner's keys from now on. `heard`: the last group of the fingerprint, as the partner read it out.

    Raises Invalid where it is another one: then the file is not the partner's, or was changed on its way. Conflict where
    another office has the name. NotAllowed for who brought the keys in.
    """
    with unit_of_work(actor, "results.confirm_handoff_partner") as work:
        row = locked(HandoffPartner, partner_id)
        words = N_("这个单位的公钥由您导入，须由另一位同志与对方核对后确认。请这位同志登录后操作。")
        require_second_person(actor, row.added_by, NotAllowed("handoff.own_partner", words))
        groups = spoken(row.fingerprint).split(" ")
        if "".join(heard.split()).lower() != "".join(groups[-2:]):
            raise Invalid(
                "handoff.fingerprint",
                N_("与指纹的最后两组不符。请再与对方核对一遍；确实不同的，这个公钥文件不是对方的，请不要确认。"),
                field="heard",
            )
        _require_own_name(work, row.office_id, row.name, row.fingerprint)
        work.record(row, before={"state": row.state}, after={"state": "confirmed", "fingerprint": row.fingerprint})
        row.state, row.confirmed_by, row.confirmed_at = "confirmed", actor.account_id, now()
    return row


def remove_partner(actor: Actor, partner_id: int) -> None:
    """Trust these keys no longer. What was taken stays."""
    with unit_of_work(actor, "results.remove_handoff_partner") as work:
        row = locked(HandoffPartner, partner_id)
        work.record(row, before={"state": row.state}, after={"state": "removed"})
        row.state = "removed"


def public_keys(partner: HandoffPartner) -> PublicKeys:
    return PublicKeys(partner.name, decoded(partner.signing_key), decoded(partner.encryption_key))


def confirmed_partner(work: Work | None, office_id: int, fingerprint: str) -> HandoffPartner | None:
    """The office of that fingerprint, if a leader confirmed it."""
    session = work.session if work else db.session
    row: HandoffPartner | None = session.scalar(
        select(HandoffPartner).where(
            HandoffPartner.office_id == office_id,
            HandoffPartner.fingerprint == fingerprint,
            HandoffPartner.state == "confirmed",
        )
    )
    return row

"""The key with which an office signs: made at first use, or the office's own. Older ones are kept to check by."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509
from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, locked, unit_of_work
from contest_portal.people.models import Office
from contest_portal.results.certificates.models import OfficeSigningKey
from contest_portal.results.certificates.signing import SigningKey, fingerprint, from_pem, make_key, read_pkcs12, to_pem


def signing_key(actor: Actor, office_id: int) -> SigningKey:
    """The office's key; a self-signed one is made where it has none yet."""
    row = current_key(office_id)
    if row is None:
        office = db.session.get_one(Office, office_id)
        row = _keep(actor, office_id, make_key(office.name, now()), is_own=False, only_first=True)
    return from_pem(row.private_key, row.certificate, row.chain)


def use_own_key(actor: Actor, office_id: int, content: bytes, passphrase: str) -> OfficeSigningKey:
    """Sign with the key of a PKCS#12 file from now on. Raises Invalid."""
    return _keep(actor, office_id, read_pkcs12(content, passphrase, now()), is_own=True)


def current_key(office_id: int) -> OfficeSigningKey | None:
    """The key that the office signs with now."""
    return db.session.scalar(
        select(OfficeSigningKey)
        .where(OfficeSigningKey.office_id == office_id)
        .order_by(OfficeSigningKey.id.desc())
        .limit(1)
    )


def certificates_of(office_id: int | None = None) -> Sequence[x509.Certificate]:
    """The certificates of all keys that the office, or any office, has ever signed with, the newest first."""
    statement = select(OfficeSigningKey.certificate).order_by(OfficeSigningKey.id.desc())
    if office_id is not None:
        statement = statement.where(OfficeSigningKey.office_id == office_id)
    return [x509.load_pem_x509_certificate(pem.encode()) for pem in db.session.scalars(statement)]


def _keep(actor: Actor, office_id: int, key: SigningKey, *, is_own: bool, only_first: bool = False) -> OfficeSigningKey:
    private, certificate, chain = to_pem(key)
    with unit_of_work(actor, "results.keep_signing_key") as work:
        locked(Office, office_id)
        known = current_key(office_id) if only_first else None
        if known is not None:  # made by somebody else at the same moment
            return known
        row = OfficeSigningKey(
            office_id=office_id,
            certificate=certificate,
            chain=chain,
            private_key=private,
            is_own=is_own,
            made_by=actor.account_id,
            made_at=now(),
        )
        work.session.add(row)
        work.session.flush()
        work.record(row, after={"fingerprint": fingerprint(key.certificate), "is_own": is_own})
    return row

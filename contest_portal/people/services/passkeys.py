"""Passkeys (WebAuthn): what a browser is asked to sign, and whether its answer is right.

What is asked stands with the session for some minutes and is taken away with the first answer, right or wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import webauthn
from flask import current_app
from sqlalchemy import select, update
from webauthn.helpers import parse_authentication_credential_json, parse_registration_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import Invalid
from contest_portal.core.sealing import digest
from contest_portal.core.text import N_
from contest_portal.people.models import Account, LoginSession, Passkey

ANSWER_WITHIN = timedelta(minutes=5)
LARGEST_ANSWER = 20_000
_PREFERRED, _REQUIRED = UserVerificationRequirement.PREFERRED, UserVerificationRequirement.REQUIRED


@dataclass(frozen=True)
class Site:
    """What a passkey is bound to: the host's name, and the whole origin that the browser must have been on."""

    host: str
    origin: str
    name: str = "contest-portal"


def ask_to_make(actor: Actor, account: Account, site: Site) -> str:
    """What `navigator.credentials.create` is called with, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=digest(f"passkey-user:{account.id}").encode(),
        user_name=account.login_name or account.name,
        user_display_name=account.name,
        timeout=int(ANSWER_WITHIN.total_seconds() * 1000),
        exclude_credentials=_descriptors(account.id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=_PREFERRED
        ),
    )
    _remember(actor, actor.session_token, options.challenge)
    return webauthn.options_to_json(options)


def ask_to_sign(actor: Actor, account_id: int, token: str, site: Site, *, alone: bool = False) -> str:
    """What `navigator.credentials.get` is called with, as JSON; `token` is of the session that waits for the answer.

    `alone`: no password goes with it, so the key has to know its owner (a PIN, a finger), not only be there.
    """
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        timeout=int(ANSWER_WITHIN.total_seconds() * 1000),
        allow_credentials=_descriptors(account_id),
        user_verification=_REQUIRED if alone else _PREFERRED,
    )
    _remember(actor, token, options.challenge)
    return webauthn.options_to_json(options)


def made_key(actor: Actor, answer: str, site: Site) -> dict[str, Any]:
    """Values of the new key that the browser answered with. Raises Invalid."""
    challenge = _take(actor, actor.session_token)
    try:
        made = webauthn.verify_registration_response(
            credential=_short(answer),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
        transports = _transports(answer)
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise _refused(error) from error
    return {
        "credential_id": made.credential_id,
        "public_key": made.credential_public_key,
        "sign_count": made.sign_count,
        "transports": transports,
    }


def signed_by(
    actor: Actor, account_id: int, token: str, answer: str, site: Site, *, alone: bool = False
) -> tuple[int, int]:
    """(id of the account's passkey that signed, its new count); `alone` as it was asked for. Raises Invalid."""
    challenge = _take(actor, token)
    try:
        credential = parse_authentication_credential_json(_short(answer))
        key = db.session.scalar(
            select(Passkey).where(Passkey.credential_id == credential.raw_id, Passkey.account_id == account_id)
        )
        if key is None:
            raise ValueError("a key of nobody here")
        signed = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=alone,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise _refused(error) from error
    return key.id, signed.new_sign_count


def _descriptors(account_id: int) -> list[PublicKeyCredentialDescriptor]:
    keys = db.session.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id))
    known = {one.value for one in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=key.credential_id,
            transports=[AuthenticatorTransport(one) for one in key.transports if one in known] or None,
        )
        for key in keys
    ]


def _remember(actor: Actor, token: str, challenge: bytes) -> None:
    with unit_of_work(actor, "people.ask_passkey") as work:
        work.session.execute(
            update(LoginSession)
            .where(LoginSession.token_digest == digest(token))
            .values(challenge=challenge, challenge_at=now())
            .execution_options(synchronize_session=False)
        )


def _take(actor: Actor, token: str) -> bytes:
    """What the session's browser was asked to sign, once. Raises Invalid when nothing is asked any more."""
    of_session = LoginSession.token_digest == digest(token)
    with unit_of_work(actor, "people.ask_passkey") as work:
        row = work.session.execute(
            select(LoginSession.challenge, LoginSession.challenge_at).where(of_session).with_for_update()
        ).one_or_none()
        work.session.execute(
            update(LoginSession)
            .where(of_session)
            .values(challenge=None, challenge_at=None)
            .execution_options(synchronize_session=False)
        )
    if row is None or row.challenge is None or row.challenge_at < now() - ANSWER_WITHIN:
        raise Invalid("people.passkey_late", N_("这次验证已超时，请再试一次。"), field="passkey")
    challenge: bytes = row.challenge
    return challenge


def _short(answer: str) -> str:
    if len(answer) > LARGEST_ANSWER:
        raise ValueError("longer than any answer")
    return answer


def _transports(answer: str) -> list[str]:
    found = parse_registration_credential_json(answer).response.transports
    return sorted({one.value for one in found or ()})


def _refused(error: Exception) -> Invalid:
    current_app.logger.info("passkey refused: %s", type(error).__name__)
    return Invalid(
        "people.passkey_refused", N_("通行密钥没有通过验证。请再试一次，或改用其他验证方式。"), field="passkey"
    )

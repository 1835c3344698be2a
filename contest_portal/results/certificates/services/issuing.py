"""Certificates are given, revoked, given again. A number is used once; what a certificate said is kept for ever."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select, update

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now, today
from contest_portal.core.database import Work, found, locked, on_breach, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.people.queries.recipients import managers_of
from contest_portal.results.certificates.layout import KINDS, in_chinese
from contest_portal.results.certificates.letters import unprintable
from contest_portal.results.certificates.models import Certificate, CertificatePrint, CertificateSettings
from contest_portal.results.certificates.numbers import format_number, number_key
from contest_portal.results.certificates.queries import given as queries
from contest_portal.results.certificates.queries.awardees import FALLEN, Awardee, awardees_of
from contest_portal.results.certificates.queries.given import Choices
from contest_portal.results.certificates.services.settings import OWN_PAGE, numbering, require_own_pattern

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 13
"""Of 31 letters that nobody mistakes for one another: 64 bits, so that no code is found by trying."""
LONGEST_REASON = 500

TWICE = N_("这位获奖者已经有一张有效的证书，没有重复颁发。请刷新页面查看。")
on_breach("uq_certificate_live_key", lambda: Conflict("results.certified_twice", TWICE))
SAME_NUMBER = N_("有证书会得到已经用过的编号，没有颁发。请改一改编号规则后重试。")
on_breach("uq_certificate_contest_id_number_key", lambda: Conflict("results.number_used", SAME_NUMBER))


@dataclass(frozen=True)
class Issued:
    """What came of issuing: the new certificates' ids, and how many were left out since no font has their letters.

    `held`: how many wait for the end of a case about their work.
    """

    certificate_ids: list[int]
    left_out: int
    held: int = 0


def issue_certificates(actor: Actor, contest_id: int, kinds: Collection[str] = KINDS) -> Issued:
    """Give everybody of the approved award lists the certificate that is still missing.

    Those whose names or titles hold letters that no font has are left out, and so are works with an open case and works
    that are not accepted any more. Raises Conflict where there is nothing to give.
    """
    contest = queries.contest_of(contest_id)
    choices = queries.choices_of(contest)
    waiting = [one for one in queries.standing_of(contest, choices).to_issue if one.kind in kinds]
    # Fonts are files: they are asked before the transaction.
    kept_back = {one.awardee.subject_key for one in unprintable(waiting, queries.looks_of(contest_id), choices)}
    with unit_of_work(actor, "results.issue_certificates") as work:
        contest = numbering(contest_id)
        choices = queries.choices_of(contest)
        standing = queries.standing_of(contest, choices)
        to_issue = [one for one in standing.to_issue if one.kind in kinds]
        held = sum(one.kind in kinds for one in standing.held)
        given = [one for one in to_issue if one.subject_key not in kept_back]
        if not given and held:
            source = N_("没有颁发：还没有颁发的 %(count)s 张证书，作品都有没办结的异议。办结以后再颁发。")
            raise Conflict("results.certificates_held", Message.of(source, count=held))
        if not given:
            source = N_("没有可以颁发的证书：奖项名单还没有审定，或者都已颁发。")
            raise Conflict("results.nothing_to_certify", source)
        require_own_pattern(work, contest, choices.number_pattern)
        rows = _issue(work, contest, choices, given)
        work.record(
            ("contest", contest.id),
            after={
                "count": len(rows),
                "first": rows[0].number,
                "last": rows[-1].number,
                "left_out": len(to_issue) - len(given),
                "held": held,
            },
        )
    return Issued([row.id for row in rows], len(to_issue) - len(given), held)


def reissue_certificate(actor: Actor, certificate_id: int, why: str) -> Certificate:
    """Revoke the certificate and give a new one, with a new number and what is right now. Gives the new one.

    A certificate that was revoked before is given again too, unless another stands in its place. Raises Conflict where its
    award is no longer given, or the new one cannot be printed.
    """
    reason = reason_of(why)
    old = found(Certificate, certificate_id)
    _require_letters(old)
    with unit_of_work(actor, "results.reissue_certificate") as work:
        contest = numbering(old.contest_id)
        old = locked(Certificate, certificate_id)
        if old.replaced_by_id is not None:
            raise Conflict("results.replaced", N_("这张证书已经重发过。请打开重发的那一张。"))
        choices = queries.choices_of(contest)
        awardee = _awardee_of(contest, choices, old)
        if awardee.hold:
            raise Conflict("results.certificate_held", N_("这件作品还有没办结的异议，办结以后才能重发。"))
        if old.state == "valid":
            make_void(work, old, reason)
            work.session.flush()
        (new,) = _issue(work, contest, choices, [awardee])
        old.replaced_by_id = new.id
        work.record(new, after={"number": new.number, "instead_of": old.number}, why=reason)
        tell_school(work, old)
    return new


def revoke_for_entry(work: Work, entry_id: int, why: str) -> int:
    """Revoke all valid certificates of the entry inside the caller's transaction. Gives how many."""
    rows = work.session.scalars(
        select(Certificate)
        .where(Certificate.entry_id == entry_id, Certificate.state == "valid")
        .order_by(Certificate.id)
        .with_for_update()
    ).all()
    for row in rows:
        make_void(work, row, why)
        tell_school(work, row)
    return len(rows)


def _issue(work: Work, contest: Contest, choices: Choices, awardees: Collection[Awardee]) -> list[Certificate]:
    last = work.session.scalar(select(func.max(Certificate.serial)).where(Certificate.contest_id == contest.id)) or 0
    day = choices.dated_on or today()
    rows = []
    for serial, one in enumerate(awardees, start=last + 1):
        number = format_number(choices.number_pattern, contest.year, serial)
        fields = {
            **one.values,
            "编号": number,
            "颁发单位": choices.issuer,
            "日期": f"{day.year}年{day.month}月{day.day}日",
            "日期汉字": in_chinese(day.year, day.month, day.day),
        }
        rows.append(
            Certificate(
                contest_id=contest.id,
                serial=serial,
                number=number,
                number_key=number_key(number),
                code="".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)),
                kind=one.kind,
                award=one.award,
                entry_id=one.entry_id,
                school_id=one.school_id,
                subject_key=one.subject_key,
                live_key=f"{contest.id}:{one.subject_key}",
                recipient=one.recipient,
                school_name=one.values.get("学校", ""),
                work_title=one.values.get("作品", ""),
                fields=fields,
                issued_by=work.actor.account_id,
                issued_at=now(),
            )
        )
    work.session.add_all(rows)
    work.session.flush()
    return rows


def make_void(work: Work, row: Certificate, why: str) -> None:
    if row.state != "valid":
        raise Conflict("results.revoked_before", N_("这张证书已经撤销过，没有再次撤销。请刷新页面查看。"))
    row.state, row.live_key = "revoked", None
    row.revoked_by, row.revoked_at, row.revoked_why = work.actor.account_id, now(), why
    row.revoke_asked_by, row.revoke_asked_at, row.revoke_asked_why = None, None, ""
    work.record(row, before={"state": "valid"}, after={"state": "revoked", "number": row.number}, why=why)
    # The files in which it stands are not handed out any more; they are made again without it.
    work.session.execute(
        update(CertificatePrint)
        .where(CertificatePrint.contest_id == row.contest_id)
        .values(zip_file_sha256=None, print_file_sha256=None)
        .execution_options(synchronize_session=False)
    )


def tell_school(work: Work, row: Certificate) -> None:
    """Who could download it learns that it is void."""
    opened = work.session.scalar(
        select(CertificateSettings.opened_at).where(CertificateSettings.contest_id == row.contest_id)
    )
    if opened is not None and row.school_id is not None:
        title = Message.of(N_("证书 %(number)s 已撤销"), number=row.number)
        notify(work, managers_of(row.school_id), title, url=OWN_PAGE)


def _require_letters(old: Certificate) -> None:
    contest = queries.contest_of(old.contest_id)
    choices = queries.choices_of(contest)
    bad = unprintable([_awardee_of(contest, choices, old)], queries.looks_of(contest.id), choices)
    if bad:
        source = N_("「%(name)s」的证书打印不出这些字：%(letters)s。请先上传有这些字的字体。")
        letters = f"{bad[0].letters}（{bad[0].code_points}）"
        raise Conflict("results.no_letters", Message.of(source, name=bad[0].awardee.recipient, letters=letters))


def _awardee_of(contest: Contest, choices: Choices, old: Certificate) -> Awardee:
    """What the certificate would say today."""
    own: list[Awardee] = [
        one
        for one in awardees_of(contest, is_one_each=choices.is_one_each, entry_id=old.entry_id)
        if one.subject_key == old.subject_key and one.hold != FALLEN
    ]
    if not own:
        source = N_("奖项名单里已经没有这位获奖者，不能重发，只能撤销。")
        raise Conflict("results.no_longer_awarded", source)
    return own[0]


def reason_of(why: str) -> str:
    text = why.strip()
    if not text:
        raise Invalid("results.no_reason", N_("请写明原因。"), field="why")
    if len(text) > LONGEST_REASON:
        message = Message.of(N_("原因最多 %(limit)s 个字，现有 %(count)s 个。"), limit=LONGEST_REASON, count=len(text))
        raise Invalid("results.long_reason", message, field="why")
    return text

"""A certificate is taken away without another in its place by two people: one proposes it with a reason, another confirms.

An upheld objection revokes by itself (`issuing.revoke_for_entry`): two people have signed it. Giving it again with what is
right now takes nobody anything away, so one person does it.
"""

from __future__ import annotations

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import locked, unit_of_work
from contest_portal.core.errors import Conflict, NotAllowed
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.people.queries.recipients import deciders_of
from contest_portal.people.services.two_people import require_second_person
from contest_portal.results.certificates.models import Certificate
from contest_portal.results.certificates.services.issuing import make_void, reason_of, tell_school


def propose_revocation(actor: Actor, certificate_id: int, why: str) -> Certificate:
    """Propose to revoke it; it stays valid meanwhile. Raises Invalid without a reason, Conflict where it is void already, or a
    proposal waits."""
    reason = reason_of(why)
    with unit_of_work(actor, "results.propose_revocation") as work:
        row = locked(Certificate, certificate_id)
        if row.state != "valid":
            raise Conflict("results.revoked_before", N_("这张证书已经撤销过，没有再次撤销。请刷新页面查看。"))
        if row.revoke_asked_by is not None:
            raise Conflict(
                "results.revocation_waits", N_("已经有人提出撤销这张证书，等另一位同志确认。请刷新页面查看。")
            )
        row.revoke_asked_by, row.revoke_asked_at, row.revoke_asked_why = actor.account_id, now(), reason
        work.record(row, after={"revocation": "proposed", "number": row.number}, why=reason)
        office_id = work.session.get_one(Contest, row.contest_id).office_id
        title = Message.of(N_("请确认：撤销证书 %(number)s"), number=row.number)
        notify(work, deciders_of(office_id, actor.account_id), title, url=f"/office/certificates/{row.id}")
    return row


def confirm_revocation(actor: Actor, certificate_id: int) -> Certificate:
    """The certificate is void from now on; whoever checks it reads so, with the date. Its number stays used.

    Raises NotAllowed for who proposed it, Conflict where no proposal waits.
    """
    with unit_of_work(actor, "results.revoke_certificate") as work:
        row = _proposed(certificate_id)
        words = N_("撤销由您提出，须由另一位同志确认。请这位同志登录后打开这张证书操作。")
        require_second_person(actor, row.revoke_asked_by, NotAllowed("results.own_revocation", words))
        make_void(work, row, row.revoke_asked_why)
        tell_school(work, row)
    return row


def drop_revocation(actor: Actor, certificate_id: int) -> Certificate:
    """Take the proposal back, or turn it down: the certificate stays as it is. Raises Conflict where none waits."""
    with unit_of_work(actor, "results.drop_revocation") as work:
        row = _proposed(certificate_id)
        row.revoke_asked_by, row.revoke_asked_at, row.revoke_asked_why = None, None, ""
        work.record(row, after={"revocation": "dropped", "number": row.number})
    return row


def _proposed(certificate_id: int) -> Certificate:
    row = locked(Certificate, certificate_id)
    if row.revoke_asked_by is None or row.state != "valid":
        raise Conflict("results.no_revocation", N_("没有等待确认的撤销，可能已经确认或撤回。请刷新页面查看。"))
    return row

"""Who may do what with certificates. Checking one is for everybody."""

from __future__ import annotations

from contest_portal.contests.models import Contest
from contest_portal.contests.policy import may_see as may_see_contest
from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, public_rule, role_rule, rule, visible_if
from contest_portal.entries.belonging import is_of_the_school
from contest_portal.results.certificates.models import Certificate, CertificateTemplate
from contest_portal.results.certificates.queries.own import OwnCertificate

public_rule("results.check_certificate")
public_rule("results.read_signing_certificate")
role_rule("results.own_certificates", Role.SCHOOL_MANAGER, Role.TEACHER)


@rule("results.see_certificates")
def may_see_certificates(actor: Actor, contest: Contest) -> Decision:
    """The office's people; its schools and judges know the published contest, not this page."""
    return may_see_contest(actor, contest)


@rule("results.give_certificates")
def may_give(actor: Actor, contest: Contest) -> Decision:
    """To choose how they look, give and print them: staff and leaders of the contest's office."""
    return may_see_certificates(actor, contest).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("results.shape_certificates")
def may_shape(actor: Actor, asked: tuple[Contest, str]) -> Decision:
    """The looks of one kind of the contest's certificates."""
    return may_give(actor, asked[0])


@rule("results.change_template")
def may_change_template(actor: Actor, template: CertificateTemplate) -> Decision:
    own = actor.role in OFFICE_ROLES and actor.office_id == template.contest.office_id
    return visible_if(own).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("results.see_certificate")
def may_see_certificate(actor: Actor, certificate: Certificate) -> Decision:
    """The office's people, behind its pages."""
    return visible_if(actor.role in OFFICE_ROLES and actor.office_id == certificate.contest.office_id)


@rule("results.revoke_certificate")
def may_revoke(actor: Actor, certificate: Certificate) -> Decision:
    return may_see_certificate(actor, certificate).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("results.keep_key")
def may_keep_key(actor: Actor, contest: Contest) -> Decision:
    """Whoever changes the key that all certificates of the office are signed with answers for them."""
    return may_see_certificates(actor, contest).and_if(actor.is_in(Role.LEADER))


@rule("results.download_own_certificate")
def may_download_own(actor: Actor, own: OwnCertificate) -> Decision:
    """The manager of the school, and the teachers of the entry, once the office has opened the certificates to schools."""
    row = own.certificate
    if not own.is_open or row.state != "valid" or row.school_id != actor.school_id:
        return Decision.HIDE
    if row.entry is None:
        return visible_if(actor.is_in(Role.SCHOOL_MANAGER))
    return visible_if(is_of_the_school(actor, row.entry))

"""Who may do what in people."""

from __future__ import annotations

from contest_portal.core.actor import OFFICE_ROLES, SCHOOL_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, allowed_if, public_rule, rule, visible_if
from contest_portal.people import policy_notices as _notices  # noqa: F401  its rules
from contest_portal.people import restored as _restored  # noqa: F401  what a restored site does not let in
from contest_portal.people.models import (
    Consent,
    Invitation,
    LoginSession,
    Membership,
    Passkey,
    RollOver,
    RosterImport,
    School,
    Student,
    Teacher,
    Transfer,
    TrustedDevice,
)
from contest_portal.people.privacy import policy as _privacy  # noqa: F401  its rules
from contest_portal.people.services.access import stands_above

# --- Anybody: signing in, one-time links, a school's application ------------------------------------------------------

public_rule("people.public")

# --- One's own account ------------------------------------------------------------------------------------------------

rule("people.own_account")(lambda _actor: Decision.ALLOW)


@rule("people.own_passkey")
def may_change_passkey(actor: Actor, key: Passkey) -> Decision:
    return visible_if(key.account_id == actor.account_id)


@rule("people.own_session")
def may_end_session(actor: Actor, session: LoginSession) -> Decision:
    return visible_if(session.account_id == actor.account_id)


@rule("people.own_device")
def may_end_trust(actor: Actor, device: TrustedDevice) -> Decision:
    return visible_if(device.account_id == actor.account_id)


# --- Schools, by their office -----------------------------------------------------------------------------------------


@rule("people.see_schools")
def may_see_schools(actor: Actor) -> Decision:
    return allowed_if(actor.is_in(*OFFICE_ROLES))


@rule("people.manage_schools")
def may_manage_schools(actor: Actor) -> Decision:
    return allowed_if(actor.is_in(Role.OFFICE))


@rule("people.see_school")
def may_see_school(actor: Actor, school: School) -> Decision:
    """The office's page of a school; the school's own people know the school, the page is not for them."""
    return Decision.DENY if _of_own_school(actor, school.id) else visible_if(_of_own_office(actor, school.office_id))


@rule("people.manage_school")
def may_manage_school(actor: Actor, school: School) -> Decision:
    return may_see_school(actor, school).and_if(actor.is_in(Role.OFFICE))


# --- The own school, by its manager -----------------------------------------------------------------------------------


@rule("people.manage_own_school")
def may_manage_own_school(actor: Actor) -> Decision:
    return allowed_if(actor.is_in(Role.SCHOOL_MANAGER) and actor.school_id is not None)


# --- The office itself ------------------------------------------------------------------------------------------------


@rule("people.see_office")
def may_see_office(actor: Actor) -> Decision:
    return allowed_if(actor.is_in(*OFFICE_ROLES))


@rule("people.manage_office")
def may_manage_office(actor: Actor) -> Decision:
    return allowed_if(actor.is_in(Role.OFFICE))


# --- Other people's access --------------------------------------------------------------------------------------------


@rule("people.manage_membership")
def may_manage_membership(actor: Actor, membership: Membership) -> Decision:
    """Reset its account's password, end it, give it back."""
    seen = membership.office_id == actor.office_id if actor.is_in(*OFFICE_ROLES) else _at_own_school(actor, membership)
    return visible_if(seen).and_if(stands_above(actor, membership))


@rule("people.manage_invitation")
def may_manage_invitation(actor: Actor, invitation: Invitation) -> Decision:
    """Issue it anew, withdraw it."""
    if actor.is_in(*OFFICE_ROLES):
        return visible_if(invitation.office_id == actor.office_id).and_if(actor.is_in(Role.OFFICE))
    return visible_if(_at_own_school(actor, invitation)).and_if(invitation.role == Role.TEACHER)


@rule("people.print_slips")
def may_print_slips(actor: Actor) -> Decision:
    """Only of links that the same account has made; the service checks each."""
    return allowed_if(actor.is_in(Role.OFFICE, Role.SCHOOL_MANAGER))


def _at_own_school(actor: Actor, place: Membership | Invitation) -> bool:
    return actor.is_in(Role.SCHOOL_MANAGER) and actor.school_id is not None and place.school_id == actor.school_id


# --- Rosters, consent, transfers --------------------------------------------------------------------------------------


@rule("people.own_roster")
def may_see_own_roster(actor: Actor) -> Decision:
    """Be led to the own school's lists; an office is led to its schools."""
    return allowed_if(actor.is_in(*SCHOOL_ROLES, *OFFICE_ROLES))


@rule("people.see_roster")
def may_see_roster(actor: Actor, school: School) -> Decision:
    """Names, grades, subjects. Who else may see masked numbers is decided by `people.see_masked_numbers`."""
    return visible_if(_of_own_school(actor, school.id) or _of_own_office(actor, school.office_id))


@rule("people.manage_roster")
def may_manage_roster(actor: Actor, school: School) -> Decision:
    return may_see_roster(actor, school).and_if(actor.is_in(Role.SCHOOL_MANAGER, Role.OFFICE))


@rule("people.see_masked_numbers")
def may_see_masked_numbers(actor: Actor, school: School) -> Decision:
    return may_see_roster(actor, school).and_if(not actor.is_in(Role.TEACHER))


@rule("people.see_person")
def may_see_person(actor: Actor, person: Student | Teacher) -> Decision:
    return visible_if(_of_own_school(actor, person.school_id) or _of_own_office(actor, person.office_id))


@rule("people.manage_person")
def may_manage_person(actor: Actor, person: Student | Teacher) -> Decision:
    """Change, mark as left, open the numbers; nothing of who was erased."""
    is_there = person.erased_at is None
    return may_see_person(actor, person).and_if(is_there and actor.is_in(Role.SCHOOL_MANAGER, Role.OFFICE))


@rule("people.manage_import")
def may_manage_import(actor: Actor, place: tuple[RosterImport | RollOver, School]) -> Decision:
    """An uploaded roster or a step into a new school year, with its school."""
    return may_manage_roster(actor, place[1])


@rule("people.record_consent")
def may_record_consent(actor: Actor, school: School) -> Decision:
    """Teachers collect the sheets, so they may record them for their own school."""
    return may_see_roster(actor, school).and_if(actor.is_in(Role.SCHOOL_MANAGER, Role.TEACHER, Role.OFFICE))


@rule("people.record_consent_of")
def may_record_consent_of(actor: Actor, student: Student) -> Decision:
    is_there = student.erased_at is None
    return may_see_person(actor, student).and_if(
        is_there and actor.is_in(Role.SCHOOL_MANAGER, Role.TEACHER, Role.OFFICE)
    )


@rule("people.see_consent_scan")
def may_see_consent_scan(actor: Actor, place: tuple[Consent, Student]) -> Decision:
    """Whoever may see the pupil: a supervisor looks whether the consents are there."""
    return may_see_person(actor, place[1])


@rule("people.withdraw_consent")
def may_withdraw_consent(actor: Actor, place: tuple[Consent, Student]) -> Decision:
    return may_manage_person(actor, place[1])


@rule("people.see_transfers")
def may_see_transfers(actor: Actor) -> Decision:
    return allowed_if(actor.is_in(Role.SCHOOL_MANAGER, *OFFICE_ROLES))


@rule("people.decide_transfer")
def may_decide_transfer(actor: Actor, transfer: Transfer) -> Decision:
    """The old school's manager or the office; the new school sees it and waits."""
    old, new = transfer.from_school, transfer.to_school
    if actor.is_in(Role.SCHOOL_MANAGER):
        return visible_if(actor.school_id in {old.id, new.id}).and_if(actor.school_id == old.id)
    return visible_if(_of_own_office(actor, old.office_id)).and_if(actor.is_in(Role.OFFICE))


def _of_own_school(actor: Actor, school_id: int) -> bool:
    return actor.is_in(*SCHOOL_ROLES) and actor.school_id == school_id


def _of_own_office(actor: Actor, office_id: int) -> bool:
    return actor.is_in(*OFFICE_ROLES) and actor.office_id == office_id

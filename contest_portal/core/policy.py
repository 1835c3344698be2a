"""Who may do what in core: public pages of the program itself, one's own notices, the office's jobs."""

from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.models import Job
from contest_portal.core.permissions import Decision, public_rule, role_rule, rule, visible_if

public_rule("core.public")
rule("core.notices")(lambda _actor: Decision.ALLOW)
role_rule("core.jobs", *OFFICE_ROLES)
role_rule("core.retry_jobs", Role.OFFICE)
role_rule("core.audit", Role.SUPERVISOR)


@rule("core.retry_job")
def may_retry(actor: Actor, row: Job) -> Decision:
    """Staff of the office whose people asked for it; the program's own jobs: staff of any office."""
    own = actor.role in OFFICE_ROLES and row.office_id in {None, actor.office_id}
    return visible_if(own).and_if(actor.is_in(Role.OFFICE))

"""Who may do what in reports."""

from contest_portal.core.actor import OFFICE_ROLES, SCHOOL_ROLES, Role
from contest_portal.core.permissions import public_rule, role_rule

role_rule("reports.annual", *OFFICE_ROLES)
role_rule("reports.name_schools", Role.OFFICE, Role.LEADER)
role_rule("reports.write_part", Role.OFFICE, Role.LEADER)
public_rule("reports.open_data")
role_rule("reports.own_years", *SCHOOL_ROLES)

"""Who may do what in results: the rules of each package."""

from contest_portal.results.awards import policy as awards
from contest_portal.results.certificates import policy as certificates
from contest_portal.results.handoff import policy as handoff
from contest_portal.results.lists import policy as lists
from contest_portal.results.objections import policy as objections
from contest_portal.results.publishing import policy as publishing
from contest_portal.results.reconciliation import policy as reconciliation
from contest_portal.results.records import policy as records

__all__ = ["awards", "certificates", "handoff", "lists", "objections", "publishing", "reconciliation", "records"]

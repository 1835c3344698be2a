"""The room's tables: one file of each package."""

from contest_portal.results.awards import models as awards
from contest_portal.results.certificates import models as certificates
from contest_portal.results.handoff import models as handoff
from contest_portal.results.lists import models as lists
from contest_portal.results.objections import models as objections
from contest_portal.results.publishing import models as publishing
from contest_portal.results.quotas import models as quotas
from contest_portal.results.records import models as records

__all__ = ["awards", "certificates", "handoff", "lists", "objections", "publishing", "quotas", "records"]

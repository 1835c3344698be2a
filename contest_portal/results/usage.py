"""What lower rooms and packages ask of this room: what it says to schools, what of its tables holds no content, its cases."""

from contest_portal.results.certificates import personal_data as certificates
from contest_portal.results.handoff import personal_data as handed_up
from contest_portal.results.handoff import usage as handoff
from contest_portal.results.objections import personal_data as objectors
from contest_portal.results.objections.queries import works_under_case
from contest_portal.results.publishing import personal_data as public_lists
from contest_portal.results.publishing.queries import published_awards
from contest_portal.results.quotas.queries import school_caps

__all__ = [
    "certificates",
    "handed_up",
    "handoff",
    "objectors",
    "public_lists",
    "published_awards",
    "school_caps",
    "works_under_case",
]

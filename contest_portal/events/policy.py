"""Who may do what stands in the room's packages; importing this module makes all of it known."""

from contest_portal.events.allocating import policy as allocating
from contest_portal.events.attendance import policy as attendance
from contest_portal.events.booking import policy as booking
from contest_portal.events.contest_days import policy as contest_days
from contest_portal.events.planning import policy as planning
from contest_portal.events.records import policy as records

__all__ = ["allocating", "attendance", "booking", "contest_days", "planning", "records"]

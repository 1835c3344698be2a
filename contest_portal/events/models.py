"""The room's tables stand in its packages; importing this module makes all of them known."""

from contest_portal.events.allocating import models as allocating
from contest_portal.events.attendance import models as attendance
from contest_portal.events.booking import models as booking
from contest_portal.events.contest_days import models as contest_days
from contest_portal.events.planning import models as planning
from contest_portal.events.records import models as records

__all__ = ["allocating", "attendance", "booking", "contest_days", "planning", "records"]

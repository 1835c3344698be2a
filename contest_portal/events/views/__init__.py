"""Pages of events: each package's views stand on one blueprint."""

from contest_portal.events.allocating import views as allocating
from contest_portal.events.attendance import views as attendance
from contest_portal.events.booking import views as booking
from contest_portal.events.contest_days import views as contest_days
from contest_portal.events.planning import views as planning
from contest_portal.events.records import views as records
from contest_portal.events.views.blueprint import bp

__all__ = ["allocating", "attendance", "blueprints", "booking", "contest_days", "planning", "records"]

blueprints = [bp]

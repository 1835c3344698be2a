"""Who may do what stands in the room's packages; importing this module makes all of it known."""

from contest_portal.events.planning import policy as planning
from contest_portal.events.records import policy as records

__all__ = ["planning", "records"]

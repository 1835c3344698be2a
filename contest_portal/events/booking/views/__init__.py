"""Pages of booking; importing this package registers them, and what booking does when planning changes something."""

from contest_portal.events.booking import hooks
from contest_portal.events.booking.services import reminders
from contest_portal.events.booking.views import choosing, office, office_acts, party, school

__all__ = ["choosing", "hooks", "office", "office_acts", "party", "reminders", "school"]

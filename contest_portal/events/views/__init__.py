"""Pages of events: each package's views stand on one blueprint."""

from contest_portal.events.records import views as records
from contest_portal.events.views.blueprint import bp

__all__ = ["blueprints", "records"]

blueprints = [bp]

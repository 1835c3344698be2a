"""Pages of contests: the public home and contest pages; the office's list, call, timetable and rules."""

from contest_portal.contests.views import call, categories, office, public, slots, under_way
from contest_portal.contests.views.blueprint import bp

blueprints = [bp]

__all__ = ["blueprints", "call", "categories", "office", "public", "slots", "under_way"]

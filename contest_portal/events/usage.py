"""What lower rooms ask of this room: what it holds about a person."""

from contest_portal.events import personal_data

__all__ = ["personal_data"]

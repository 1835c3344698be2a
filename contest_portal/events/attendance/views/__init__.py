"""Pages of the day itself."""

from contest_portal.events.attendance.views import board, check_ins, door, training, worker

__all__ = ["board", "check_ins", "door", "training", "worker"]

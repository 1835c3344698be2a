"""What is done with files: one file per group of verbs."""

from contest_portal.media.services import sweeping

__all__ = ["sweeping"]  # its daily job is registered wherever the room is

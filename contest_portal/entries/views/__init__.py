"""Pages of entries: what schools enter and submit, what the office screens."""

from contest_portal.entries.services import reminders as _reminders  # noqa: F401  they register themselves
from contest_portal.entries.views import (
    allowances,
    batches,
    editing,
    entry,
    files,
    likeness,
    masks,
    office,
    own_list,
    screening,
    space,
    under_way,
    versions,
)
from contest_portal.entries.views.blueprint import bp

__all__ = [
    "allowances",
    "batches",
    "editing",
    "entry",
    "files",
    "likeness",
    "masks",
    "office",
    "own_list",
    "screening",
    "space",
    "under_way",
    "versions",
]
blueprints = [bp]

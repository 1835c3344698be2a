"""One family of errors that people may see: what is wrong, where, what to do. Pure: pages are made of them elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contest_portal.core.text import N_, Message


@dataclass(frozen=True)
class FieldProblem:
    """One thing wrong in what was sent: the field's name (or an anchor on the page) and a sentence."""

    field: str
    message: Message


class DomainError(Exception):
    """Something a person did that the rules do not allow.

    `code` is stable and machine-readable (`entries.too_late`); `message` is a sentence for a teacher;
    `problems` names fields where several things are wrong at once; `status` is the HTTP status.
    """

    status = 422

    def __init__(
        self, code: str, message: Message | str, *, field: str | None = None, problems: Sequence[FieldProblem] = ()
    ) -> None:
        self.code = code
        self.message = Message(message) if isinstance(message, str) else message
        self.field = field
        self.problems = tuple(problems) or ((FieldProblem(field, self.message),) if field else ())
        super().__init__(str(self.message))


class Invalid(DomainError):
    """What was sent is wrong; it can be mended and sent again."""


class NotAllowed(DomainError):
    """The actor may know of the object, yet not do this to it."""

    status = 403

    def __init__(self, code: str = "core.not_allowed", message: Message | str = N_("您没有做这件事的权限。")) -> None:
        super().__init__(code, message)


class NotFound(DomainError):
    """There is no such thing, or the actor may not know of it."""

    status = 404

    def __init__(self, code: str = "core.not_found", message: Message | str = N_("没有找到您要看的内容。")) -> None:
        super().__init__(code, message)


class Conflict(DomainError):
    """The state has moved on: somebody else did it first, or it is no longer possible."""

    status = 409


class Stale(Conflict):
    """The form was opened before somebody else's change."""

    def __init__(self, message: Message | str | None = None) -> None:
        super().__init__(
            "core.stale",
            message or N_("您打开此页之后，内容已被他人修改。请查看最新内容，再重新填写您的修改。"),
        )


class TooLate(Conflict):
    """The time for it is over."""

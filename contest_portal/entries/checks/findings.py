"""What a check says about an entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contest_portal.core.text import Message

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One thing missing or wrong.

    `code` names the rule, stable for tests and statistics. An "error" stands in the way of submission, a "warning"
    does not. `anchor` is the id of the form's field (`title`, `authors-2-share`, `slot-report`). `rule` states what
    is asked, `message` what was found, with the measured value and the limit.
    """

    code: str
    severity: Severity
    anchor: str
    rule: Message
    message: Message


def error(code: str, anchor: str, rule: Message, message: Message) -> Finding:
    """A finding that stands in the way of submission."""
    return Finding(code, "error", anchor, rule, message)


def warning(code: str, anchor: str, rule: Message, message: Message) -> Finding:
    """A finding that a person should look at, and may leave."""
    return Finding(code, "warning", anchor, rule, message)

"""Why a package is not taken: each reason with a code that programs read, an exit code, and a sentence."""

from __future__ import annotations

from typing import Any

from contest_portal.core.errors import Invalid
from contest_portal.core.text import Message

EXIT_CODES = {
    "not_a_package": 3,
    "truncated": 4,
    "tampered": 5,
    "signature": 5,
    "newer_version": 6,
    "wrong_receiver": 7,
    "sealed": 7,
    "unsafe": 8,
    "too_large": 8,
    "unknown_sender": 9,
}
"""What `contest-portal handoff inspect` and `import` end with; 2 is any other refusal, as everywhere."""


class PackageProblem(Invalid):
    """A package that is not taken. `reason` is a key of EXIT_CODES."""

    def __init__(self, reason: str, source: str, **params: Any) -> None:
        self.reason = reason
        super().__init__(f"handoff.{reason}", Message.of(source, **params))

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.reason]

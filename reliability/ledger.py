"""What the load sent and what the site said to it. Safe for threads."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

DRAFT, SUBMISSION, PIECE, FILE = "drafts saved", "submissions", "pieces of uploads", "files taken in"


@dataclass
class Sent:
    """Something to be written: of which kind, to what (an entry's id, an upload's token), its content, what came of it.

    `outcome`: acknowledged, refused (the site said that it did not), unknown (no answer came).
    """

    kind: str
    subject: str
    content: str
    outcome: str = "unknown"


@dataclass
class Ledger:
    """All that was sent, in order; answers that were no success; what was found missing while the load ran."""

    sent: list[Sent] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    pages: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _acknowledged_at: dict[str, list[float]] = field(default_factory=dict)

    def send(self, kind: str, subject: str, content: str) -> Sent:
        one = Sent(kind, subject, content)
        with self._lock:
            self.sent.append(one)
        return one

    def acknowledge(self, one: Sent) -> None:
        with self._lock:
            one.outcome = "acknowledged"
            self._acknowledged_at.setdefault(one.kind, []).append(time.monotonic())

    def refuse(self, one: Sent) -> None:
        with self._lock:
            one.outcome = "refused"

    def answered(self, words: str) -> None:
        """An answer that was no success, in the words it is counted by."""
        with self._lock:
            self.answers[words] += 1

    def page_shown(self) -> None:
        with self._lock:
            self.pages += 1

    def cannot_be_read(self, what: str) -> None:
        """An answer that no teacher could make sense of."""
        with self._lock:
            self.unreadable.append(what)

    def misses(self, what: str) -> None:
        with self._lock:
            self.missing.append(what)

    def first_after(self, moment: float, kinds: tuple[str, ...] = ()) -> float | None:
        """When, by the monotonic clock, something of these kinds (none given: of any) was first acknowledged after it."""
        with self._lock:
            times = [
                at
                for kind, all_of_it in self._acknowledged_at.items()
                if not kinds or kind in kinds
                for at in all_of_it
            ]
        return min((at for at in times if at > moment), default=None)

    def acknowledged(self) -> Counter[str]:
        """How many of each kind."""
        with self._lock:
            return Counter(one.kind for one in self.sent if one.outcome == "acknowledged")

    def of(self, kind: str) -> dict[str, list[Sent]]:
        """Everything of a kind by its subject, in the order it was sent."""
        found: dict[str, list[Sent]] = {}
        with self._lock:
            for one in self.sent:
                if one.kind == kind:
                    found.setdefault(one.subject, []).append(one)
        return found

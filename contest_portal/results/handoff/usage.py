"""What of this room's tables names stored content without holding it."""

from __future__ import annotations

from contest_portal.core.content_use import is_no_use
from contest_portal.results.handoff.models import Handoff, HandoffLine

is_no_use(Handoff.document, HandoffLine.answer)

"""What the ways of ranking are called where they are compared."""

from __future__ import annotations

from collections.abc import Mapping

from contest_portal.core.text import N_, Message
from contest_portal.judging.states import SHORT_METHODS

WAYS: Mapping[str, Message] = {
    **{method: Message(words) for method, words in SHORT_METHODS.items()},
    "shifted": Message(N_("各组平均分拉平")),
    "zscores": Message(N_("评委标准分")),
    "boundary": Message(N_("两轮（边界复评）")),
}

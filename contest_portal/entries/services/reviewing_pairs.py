"""Open pairs of texts, looked at again each night: what came in since may show that both only filled in one form.

What a form prints is told by counting (queries/likeness_search.py), so what is found of two texts depends on how many have
come in. What a person has judged is never touched.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from contest_portal.core.actor import console_actor
from contest_portal.core.database import unit_of_work
from contest_portal.core.job_schedule import every_day
from contest_portal.core.jobs import SLOW, job
from contest_portal.core.text import N_
from contest_portal.entries.likeness_models import LikenessPair
from contest_portal.entries.queries import likeness_search
from contest_portal.entries.services.alike_texts import Alike, Forms, compared_texts, read_papers


@job("entries.review_open_pairs", N_("复核待核对的文字相似之处"))
def review_open_pairs(_payload: dict[str, Any]) -> None:
    """Once a day. A pair goes where its texts are alike in a form's words alone, else it says what is alike now."""
    forms: Forms = {}
    pairs = likeness_search.open_text_pairs()
    for office_id in sorted({pair.office_id for pair in pairs}):
        read_papers(office_id)
    for pair in pairs:
        _bring_up_to_date(pair.id, compared_texts(pair.content_a, pair.content_b, forms))


every_day("entries.review_open_pairs", hour=4, lane=SLOW)


def _bring_up_to_date(pair_id: int, found: Alike | None) -> None:
    with unit_of_work(console_actor("job"), "entries.review_open_pairs") as work:
        statement = select(LikenessPair).where(LikenessPair.id == pair_id).with_for_update()
        pair = work.session.scalar(statement.execution_options(populate_existing=True))
        if pair is None or pair.state != "open":  # gone, or judged by somebody while it was compared
            return
        before = {"pair": pair.id, "score": pair.score}
        if found is None:
            work.session.delete(pair)
            work.record(("entry", pair.entry_a_id), before=before)
        elif (found.score, found.estimate, found.details) != (pair.score, pair.estimate, pair.details):
            pair.score, pair.estimate, pair.details = found.score, found.estimate, found.details
            work.record(("entry", pair.entry_a_id), before=before, after={"pair": pair.id, "score": pair.score})

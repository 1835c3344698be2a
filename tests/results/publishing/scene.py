"""A contest with an approved recommendation list of paintings, and the people who make it public."""

from __future__ import annotations

from typing import Any

from contest_portal.results.lists.services import shortlists
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.services import publications
from tests.results.lists.test_shortlists import World

TITLE = "推荐名单公示"


class Place(World):
    """The world of the shortlists' tests, with its list approved."""

    def __init__(self, places: int = 3) -> None:
        super().__init__()
        self.approved(places)

    def draft(self, note: str = "", **values: Any) -> Publication:
        return publications.draft_publication(self.staff, self.contest.id, TITLE, amendment_note=note, **values)

    def published(self, note: str = "", **values: Any) -> Publication:
        draft = self.draft(note, **values)
        return publications.publish_list(self.leader, draft.id, draft.content_sha256)

    def without_first(self) -> None:
        """The committee takes the first work out, and the list is approved anew: the fourth comes in."""
        decided = shortlists.decide_place(
            self.staff, self.category.id, self.entries[0].id, "out", "不符合要求", "评委会"
        )
        shortlists.approve_shortlist(self.leader, decided.id, decided.row_version)

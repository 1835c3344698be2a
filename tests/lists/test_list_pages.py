"""Every list page takes a constant number of statements, at most fifteen, for 1, 30 and 3,000 rows."""

from __future__ import annotations

import pytest

from tests.lists.pages import LIST_PAGES, ListPage
from tests.lists.place import Place

MOST_STATEMENTS = 15
SEVERAL_LISTS = {
    "judging.show_judge": 17,
    "judging.show_round": 17,
    "reports.annual": 17,
    "reports.write_part": 16,
    "results.awards": 19,
    "results.certificates": 16,
}
"""Pages of several lists at once: a judge's sheets with all that forbids them, a round with all that waits in it, a year's
summary with what eight rooms know of it, a contest's awards and its certificates with what became of them."""
ROOM_OF_THIRTY_ROWS = 100
"""Bytes by which thirty rows are longer than one, also in a packed workbook."""

pytestmark = pytest.mark.database


def named(page: ListPage) -> str:
    return f"{page.endpoint} for {page.reader} {'filtered' if '?' in page.address else ''}".strip()


@pytest.mark.parametrize("page", LIST_PAGES, ids=named)
def test_a_list_takes_the_same_statements_whatever_its_length(places: list[Place], page: ListPage) -> None:
    answers = [place.open(page) for place in places]
    counts = {place.world.size: len(statements) for place, (_, statements) in zip(places, answers, strict=True)}
    assert counts == dict.fromkeys(counts, page.statements), "\n\n".join(answers[-1][1])
    if page.rows:
        assert len(answers[1][0]) > len(answers[0][0]) + ROOM_OF_THIRTY_ROWS, "the rows made for it are not on the page"


def test_no_list_takes_more_than_fifteen_statements() -> None:
    assert not [
        page.endpoint for page in LIST_PAGES if page.statements > SEVERAL_LISTS.get(page.endpoint, MOST_STATEMENTS)
    ]

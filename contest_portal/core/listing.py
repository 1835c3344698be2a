"""Lists: page, sort and filters live in the URL; one count and one page of rows are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from sqlalchemy import func

from contest_portal.core.database import db

PER_PAGE = 30
MOST_PER_PAGE = 200
LAST_PAGE = 1_000_000
LONGEST_FILTER = 500
"""Characters of what is looked for: SQLite refuses to look for more than some ten thousand."""
LARGEST_NUMBER = 2**31 - 1
"""The largest that an id, or the number of a page, can be: databases refuse more."""

T = TypeVar("T")


@dataclass(frozen=True)
class Listing:
    """What a list page was asked for. `filters` holds only the names that the page offers, without empty values."""

    page: int = 1
    per_page: int = PER_PAGE
    sort: str = ""
    descending: bool = False
    filters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_url(cls, arguments: Mapping[str, str], *, filters: Sequence[str] = (), sort: str = "") -> Listing:
        """Read `?page=2&sort=-title&state=submitted`. Nonsense falls back to the first page and the given sort."""
        wanted = arguments.get("sort") or sort
        return cls(
            page=min(LAST_PAGE, max(1, _whole(arguments.get("page"), 1))),
            per_page=min(MOST_PER_PAGE, max(1, _whole(arguments.get("per_page"), PER_PAGE))),
            sort=wanted.removeprefix("-"),
            descending=wanted.startswith("-"),
            filters={name: value for name in filters if (value := arguments.get(name, "").strip()[:LONGEST_FILTER])},
        )

    def whole(self) -> Listing:
        """The same filters and sort with every row on one page: what an export shows."""
        return replace(self, page=1, per_page=LARGEST_NUMBER)

    def get(self, name: str) -> str:
        """The filter's value, or an empty text."""
        return self.filters.get(name, "")

    def get_int(self, name: str) -> int | None:
        """The filter as a whole number, or None."""
        return _whole(self.filters.get(name), None)


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list: its rows and where it stands in the whole."""

    rows: Sequence[T]
    total: int
    listing: Listing

    @property
    def page(self) -> int:
        return self.listing.page

    @property
    def page_count(self) -> int:
        return max(1, -(-self.total // self.listing.per_page))

    @property
    def first(self) -> int:
        """The number of the first row shown, counted from 1; 0 when there is none."""
        return (self.page - 1) * self.listing.per_page + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0


def sorted_by(statement: Any, listing: Listing, columns: Mapping[str, Any], *, tie: Any) -> Any:
    """Order by the asked column (or the first of `columns`), then by `tie` so that the order is total."""
    chosen = columns.get(listing.sort, next(iter(columns.values())))
    parts = chosen if isinstance(chosen, tuple) else (chosen,)
    return statement.order_by(*(part.desc() if listing.descending else part.asc() for part in parts), tie)


def paginate(statement: Any, listing: Listing, *, scalars: bool = True) -> Page[Any]:
    """Read one page: models when `scalars`, else rows. Two statements whatever the size."""
    counted = statement.order_by(None).with_only_columns(func.count(), maintain_column_froms=True)
    total = db.session.scalar(counted) or 0
    limited = statement.limit(listing.per_page).offset((listing.page - 1) * listing.per_page)
    rows = db.session.scalars(limited).all() if scalars else db.session.execute(limited).all()
    return Page(rows, total, listing)


def choices(statement: Any) -> list[tuple[str, str]]:
    """(value, label) pairs of a two-column statement, for a filter's or a form's select."""
    return [(str(value), str(label)) for value, label in db.session.execute(statement)]


def _whole(text: str | None, default: Any) -> Any:
    try:
        number = int(text or "")
    except ValueError:
        return default
    return number if abs(number) <= LARGEST_NUMBER else default

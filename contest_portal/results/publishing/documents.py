"""A public list as it is shown to everybody: one document for page, PDF and workbook, and how long it stands open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from contest_portal.core import audit
from contest_portal.core.clock import local, now, today
from contest_portal.core.database import db
from contest_portal.core.i18n import DEFAULT_LANGUAGE
from contest_portal.core.list_documents import ListColumn, ListDocument, ListSection, list_pdf, list_workbook
from contest_portal.core.working_days import working_days_until
from contest_portal.people.queries.calendar import own_days
from contest_portal.results.public_list.columns import PUBLIC_COLUMNS, cells_of
from contest_portal.results.public_list.content import (
    Change,
    canonical_bytes,
    changes,
    columns_of,
    content_digest,
    from_content,
)
from contest_portal.results.public_list.hiding import Authors, with_names_hidden
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.queries.hidden_names import hidden_authors
from contest_portal.results.publishing.queries.publications import is_down, public_versions, shown_content

ATTACHED_NAME = "list.json"
"""The canonical form inside the PDF; the same bytes as the JSON download."""


@dataclass(frozen=True)
class Shown:
    """What the public's page shows: the list as it may be read today, its term in words, the versions beside it.

    `hidden`: the numbers of the works on it whose authors' names are hidden; for the office alone."""

    publication: Publication
    document: ListDocument
    is_archived: bool
    is_pulled: bool
    is_open: bool
    term: str
    hidden: list[str]
    older: list[Publication]
    newer: list[Publication]
    changes: list[Change]

    @property
    def line_count(self) -> int:
        return self.document.line_count


def shown(publication: Publication) -> Shown:
    """The list as everybody sees it today; of a draft, as everybody would see it were it published now."""
    archived = is_down(publication)
    versions = public_versions(publication.contest_id, publication.kind)
    older = [row for row in versions if row.version < publication.version]
    pulled = publication.state == "pulled"
    hidden = {} if pulled else hidden_authors(publication.contest_id)
    return Shown(
        publication=publication,
        document=public_document(publication, shown_content(publication, hidden), is_archived=archived),
        is_archived=archived,
        is_pulled=pulled,
        is_open=publication.state == "public"
        and not archived
        and publication.open_until is not None
        and today() <= publication.open_until,
        term=term_words(publication),
        hidden=_hidden_on(publication, hidden),
        older=older,
        newer=[row for row in versions if row.version > publication.version],
        # What differs from a list that was pulled would tell what nobody shall read any more.
        changes=_changes(publication, older[0], hidden)
        if older and not archived and "pulled" not in {publication.state, older[0].state}
        else [],
    )


def _hidden_on(publication: Publication, works: Mapping[str, Authors]) -> list[str]:
    numbers = (line["entry_number"] for section in publication.content["sections"] for line in section["lines"])
    return list(dict.fromkeys(one for one in numbers if one in works)) if works else []


def _changes(publication: Publication, older: Publication, hidden: Mapping[str, Authors]) -> list[Change]:
    before, after = (with_names_hidden(one.content, hidden) for one in (older, publication))
    keys = [key for key in columns_of(after) if key in columns_of(before)]
    return changes(from_content(before), from_content(after), keys)


def public_document(
    publication: Publication, content: dict[str, Any], *, is_archived: bool = False, as_published: bool = False
) -> ListDocument:
    """The list with this content: the stored one, with names hidden, or what the archive keeps of it. Always in Chinese.

    `as_published`: as it was given out before it was pulled, where it was."""
    keys, hidden = columns_of(content), int(content.get("hidden", 0))
    office = publication.contest.office.name
    with force_locale(DEFAULT_LANGUAGE):
        sections = [
            ListSection(
                section.category,
                _columns(section.keys(keys)),
                [cells_of(line, section.keys(keys)) for line in section.lines],
                note=_("共 %(count)s %(measure)s", count=len(section.lines), measure=section.measure)
                if section.lines
                else _("本类别没有作品获奖"),
            )
            for section in from_content(content)
        ]
        notes = [line for line in publication.text.splitlines() if line.strip()]
        if publication.state == "pulled" and not as_published:
            notes = pulled_notes(publication)
        elif is_archived:
            notes = [
                _("本名单公示期已满并已下线，为保护未成年人，姓名已作处理。"),
                _("公示时的名单校验码（SHA-256）：%(digest)s。", digest=publication.content_sha256),
            ]
        elif hidden:
            notes += [
                _("为保护未成年人，其中 %(count)s 项的姓名已作处理。", count=hidden),
                _("公示时的名单校验码（SHA-256）：%(digest)s。", digest=publication.content_sha256),
            ]
        return ListDocument(
            title=publication.title,
            subtitle=_subtitle(publication, office),
            sections=sections,
            notes=notes,
            seal=office,
            day=long_day(_first_day(publication)),
            digest=content_digest(content) if is_archived or hidden else publication.content_sha256,
            attachment=(ATTACHED_NAME, canonical_bytes(content)),
        )


def pulled_notes(publication: Publication) -> list[str]:
    """What stands in the place of a list that was pulled: that it was, and the office's own words."""
    gone = _("名单已于 %(day)s 提前下线。", day=long_day(publication.pulled_at))
    return [gone, *(line for line in publication.pulled_words.splitlines() if line.strip())]


def _columns(keys: Sequence[str]) -> list[ListColumn]:
    return [
        ListColumn(one.label, one.width, "center" if key == "award" else "left", is_number=key == "position")
        for key, one in ((key, PUBLIC_COLUMNS[key]) for key in keys)
    ]


def public_pdf(publication: Publication) -> bytes:
    """The list on paper as everybody may have it today, with its canonical form inside. Equal lists give equal bytes."""
    document = public_document(publication, shown_content(publication), is_archived=is_down(publication))
    with force_locale(DEFAULT_LANGUAGE):
        return list_pdf(on_paper(document, publication))


def on_paper(document: ListDocument, publication: Publication) -> ListDocument:
    """With a line of where the trail of acts stood when the list became public: paper remembers it when a database was
    changed (`contest-portal audit verify --head`)."""
    act = publication.published_at and audit.act_of(
        db.session, publication.__tablename__, publication.id, publication.published_at
    )
    if not act:
        return document
    line = _("操作记录链：%(count)s:%(digest)s", count=act[0], digest=act[1][: audit.SHORTEST_DIGEST])
    return replace(document, notes=[*document.notes, line])


def public_workbook(publication: Publication) -> bytes:
    """The list as a workbook, a sheet a category."""
    document = public_document(publication, shown_content(publication), is_archived=is_down(publication))
    with force_locale(DEFAULT_LANGUAGE):
        return list_workbook(document, created_at=publication.published_at)


def _subtitle(publication: Publication, office: str) -> str:
    first = long_day(_first_day(publication))
    version = _("第 %(version)s 版", version=publication.version)
    if publication.open_until is None:
        return f"{office}　{version}　{first}"
    term = _("公示时间：%(first)s至%(last)s", first=first, last=long_day(publication.open_until))
    return f"{office}　{version}　{term}"


def _first_day(publication: Publication) -> date:
    """The day it was published; of a draft, today."""
    return local(publication.published_at or now()).date()


def long_day(value: date | datetime | None) -> str:
    """2018年3月8日, in the office's zone: as notices write days."""
    if value is None:
        return ""
    one = local(value).date() if isinstance(value, datetime) else value
    return _("%(year)s年%(month)s月%(day)s日", year=one.year, month=one.month, day=one.day)


def term_words(publication: Publication) -> str:
    """How long it stands open, counted in days to the end of the last one; or what became of it."""
    last = publication.open_until
    if publication.state == "pulled":
        return ""
    if is_down(publication) and last is not None and last >= today():
        return _("名单已于 %(day)s 下线，转入往期名单。", day=long_day(publication.down_on))
    if is_down(publication):
        return _("公示期已满，名单已于 %(day)s 下线，转入往期名单。", day=long_day(publication.down_on))
    # Of a version that was amended the page says which one is in force; no term of its own runs any more.
    if last is None or publication.state == "amended":
        return ""
    if publication.state == "final":
        words = _("公示期满，名单已于 %(day)s 确认。", day=long_day(publication.final_at))
        if publication.pending:
            words += _("其中 %(count)s 项待定，结果另行公布。", count=len(publication.pending))
        return words
    left = (last - today()).days
    if left < 0:
        return _("公示已于 %(day)s 24 时截止。", day=long_day(last))
    if left == 0:
        return _("今天 24 时公示截止。")
    working = working_days_until(today(), last, own_days(publication.contest.office_id))
    return _(
        "距公示截止还有 %(days)s 天（其中工作日 %(working)s 天），%(last)s 24 时截止。",
        days=left,
        working=working,
        last=long_day(last),
    )

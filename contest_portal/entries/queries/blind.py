"""What was found of names in an entry's words, and what of its files is masked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from contest_portal.contests.rules import CategoryRules
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.text import N_, Message
from contest_portal.entries.blind_models import FileMask, NameSearch, NameTrace
from contest_portal.entries.models import Entry
from contest_portal.entries.page_numbers import in_ranges
from contest_portal.entries.queries.screening_sheet import SubmittedFile, submitted_file
from contest_portal.media.blind_copies import can_be_masked
from contest_portal.media.facts import Kind
from contest_portal.people.models import Account

ROLES: dict[str, str] = {
    "author": N_("作者"),
    "tutor": N_("辅导教师"),
    "group": N_("集体名称"),
    "school": N_("学校"),
    "place": N_("地名"),
}
_PARTS: dict[str, str] = {"title": N_("作品名称"), "summary": N_("作品说明")}
_ORDER = {"open": 0, "masked": 1, "redacted": 1, "dismissed": 2}
_AT_ONCE = 10_000
"""Works; SQLite takes no more than some 30,000 values in a statement."""


def masks_of(entry_id: int) -> Mapping[int, FileMask]:
    """The entry's masks by the content that they cover, with the masked copies: one statement."""
    rows = db.session.scalars(
        select(FileMask)
        .where(FileMask.entry_id == entry_id)
        .options(joinedload(FileMask.masked_blob))
        .execution_options(populate_existing=True)
    )
    return {mask.blob_id: mask for mask in rows}


@dataclass(frozen=True)
class TraceLine:
    """A found name as the sheet shows it: where (a file's name, a part of the form), in which words, and all places of
    the file or part where the same stands and the same was said of it. `trace` is the first of `traces`."""

    traces: Sequence[NameTrace]
    role: Message
    where: Message | str
    settled_by: str

    @property
    def trace(self) -> NameTrace:
        return self.traces[0]

    @property
    def pages(self) -> str:
        """The pages of a file, each once."""
        return in_ranges(trace.page for trace in self.traces if trace.page)


@dataclass(frozen=True)
class TraceGroup:
    """The names found in one file or one part of the form; `blob_id` where it can be masked."""

    where: Message | str
    blob_id: int | None
    lines: Sequence[TraceLine]

    @property
    def open_count(self) -> int:
        return sum(len(line.traces) for line in self.lines if line.trace.state == "open")

    @property
    def has_open_boxes(self) -> bool:
        return any(trace.boxes for line in self.lines if line.trace.state == "open" for trace in line.traces)


@dataclass(frozen=True)
class BlindSheet:
    """All that the office sees of an entry's names and masks. `is_searched`: the version shown was looked through.
    `unread`: names of files in which no letters were found. `maskable`: (blob id, name) of files that can be masked.
    `pictured`: blob id → pages with pictures, in which there may be letters that no search reads."""

    groups: Sequence[TraceGroup]
    is_searched: bool
    unread: Sequence[str]
    masks: Mapping[int, FileMask]
    maskable: Sequence[tuple[int, str]]
    pictured: Mapping[int, str]

    @property
    def open_count(self) -> int:
        return sum(group.open_count for group in self.groups)


def blind_sheet(entry: Entry, snapshot: Mapping[str, Any], rules: CategoryRules) -> BlindSheet:
    """Three statements."""
    names = {file["blob_id"]: file["name"] for file in snapshot["files"]}
    labels = {one.code: one.label for one in rules.fields}
    seen = {slot.code for slot in rules.slots if slot.judges_see}
    rows = db.session.execute(
        select(NameTrace, Account.name)
        .outerjoin(Account, Account.id == NameTrace.settled_by)
        .where(NameTrace.entry_id == entry.id)
        .order_by(NameTrace.is_certain.desc(), NameTrace.page, NameTrace.letter)
    ).all()
    groups: dict[tuple[int | None, str], dict[object, list[tuple[NameTrace, str]]]] = defaultdict(dict)
    for trace, name in sorted(rows, key=lambda row: _ORDER[row[0].state]):
        place = (trace.blob_id, trace.place if trace.blob_id is None else "")
        same = (trace.state, trace.name, trace.words, trace.is_certain, trace.settled_by)
        groups[place].setdefault(same, []).append((trace, name or ""))
    search = db.session.scalar(select(NameSearch).where(NameSearch.entry_id == entry.id))
    pictured = {int(blob_id): in_ranges(pages) for blob_id, pages in (search.pictured if search else {}).items()}
    found = {place: [_line(own, names, labels) for own in lines.values()] for place, lines in groups.items()}
    return BlindSheet(
        [TraceGroup(own[0].where, place[0], own) for place, own in found.items()],
        search is not None and search.entry_version == entry.submission_count,
        [names[blob_id] for blob_id in (search.unread if search else []) if blob_id in names],
        masks_of(entry.id),
        [
            (file["blob_id"], file["name"])
            for file in snapshot["files"]
            if file["slot"] in seen and can_be_masked(Kind(file["kind"]))
        ],
        pictured,
    )


def _line(own: Sequence[tuple[NameTrace, str]], names: Mapping[int, str], labels: Mapping[str, str]) -> TraceLine:
    trace, settled_by = own[0]
    where = _where(trace, names, labels)
    return TraceLine([one for one, _name in own], Message(ROLES[trace.role]), where, settled_by)


def _where(trace: NameTrace, names: Mapping[int, str], labels: Mapping[str, str]) -> Message | str:
    if trace.blob_id is not None:
        return names.get(trace.blob_id, "")
    return Message(_PARTS[trace.place]) if trace.place in _PARTS else labels.get(trace.place, trace.place)


def open_trace_counts(entry_ids: Collection[int] | Select[Any]) -> dict[int, int]:
    """How many names of each entry await a word, where there are any."""
    rows = db.session.execute(
        select(NameTrace.entry_id, func.count().label("open_count"))
        .where(NameTrace.entry_id.in_(entry_ids), NameTrace.state == "open")
        .group_by(NameTrace.entry_id)
    )
    return {row.entry_id: row.open_count for row in rows}


def has_open_traces() -> Any:
    """The condition that an entry has names that await a word."""
    return select(NameTrace.id).where(NameTrace.entry_id == Entry.id, NameTrace.state == "open").exists()


def open_trace_count() -> Any:
    """As a column beside `Entry`: how many of its names await a word."""
    counted = select(func.count(NameTrace.id)).where(NameTrace.entry_id == Entry.id, NameTrace.state == "open")
    return counted.correlate(Entry).scalar_subquery()


def is_searched(*, version: int = 0) -> Any:
    """The condition that an entry's last submitted version was searched for names, by that version of the search or a
    later one."""
    same = (NameSearch.entry_id == Entry.id, NameSearch.entry_version == Entry.submission_count)
    return select(NameSearch.id).where(*same, NameSearch.search_version >= version).exists()


@dataclass(frozen=True)
class UnsettledNames:
    """What of some works is not settled before judges look: in how many `works` how many `names` await a word, and how
    many works are `unsearched`."""

    works: int = 0
    names: int = 0
    unsearched: int = 0

    def __bool__(self) -> bool:
        return bool(self.names or self.unsearched)


def unsettled_names(entry_ids: Sequence[int]) -> UnsettledNames:
    """One statement for each ten thousand works."""
    works = names = unsearched = 0
    for start in range(0, len(entry_ids), _AT_ONCE):
        rows = db.session.execute(
            select(open_trace_count(), is_searched()).where(Entry.id.in_(entry_ids[start : start + _AT_ONCE]))
        )
        for open_count, searched in rows:
            works += open_count > 0
            names += open_count
            unsearched += not searched
    return UnsettledNames(works, names, unsearched)


def pictured_pages(entry_id: int, blob_id: int) -> list[int]:
    """The pages of a file that hold pictures, in which there may be letters that no search reads."""
    pictured = db.session.scalar(select(NameSearch.pictured).where(NameSearch.entry_id == entry_id))
    return list((pictured or {}).get(str(blob_id), ()))


def traces_on(entry_id: int, blob_id: int) -> list[NameTrace]:
    """The names found in a file, by page."""
    wanted = select(NameTrace).where(NameTrace.entry_id == entry_id, NameTrace.blob_id == blob_id)
    return list(db.session.scalars(wanted.order_by(NameTrace.page, NameTrace.letter)))


@dataclass(frozen=True)
class MaskableFile:
    """A file of the last submitted version that can be masked, with its mask if there is one."""

    entry: Entry
    file: SubmittedFile
    mask: FileMask | None


def maskable_file(entry_id: int, blob_id: int) -> MaskableFile:
    """Raises NotFound for what is not in the last submitted version, no picture and no PDF, or nothing that judges see."""
    entry = db.session.get(Entry, entry_id)
    if entry is None:
        raise NotFound
    file = submitted_file(entry_id, entry.submission_count, blob_id)
    seen = {slot.code for slot in file.entry.category.rules.slots if slot.judges_see}
    if not can_be_masked(Kind(file.blob.kind)) or not seen & file.slots:
        raise NotFound
    return MaskableFile(file.entry, file, masks_of(entry_id).get(blob_id))


def trace_of(entry_id: int, trace_id: int) -> tuple[Entry, NameTrace]:
    """A found name with its entry. Raises NotFound for another entry's."""
    trace = db.session.get(NameTrace, trace_id)
    entry = db.session.get(Entry, entry_id)
    if trace is None or entry is None or trace.entry_id != entry_id:
        raise NotFound
    return entry, trace

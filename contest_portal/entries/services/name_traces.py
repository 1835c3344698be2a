"""Names in entries' words: after each submission a job looks for them; the office says of each that it is none, or masks it.

Done again, nothing is doubled, and what was dismissed stays so while the same words stand at the same place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor, console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.job_batches import Asked, enqueue_all
from contest_portal.core.job_schedule import every_day
from contest_portal.core.jobs import SLOW, enqueue, job
from contest_portal.core.storage import Missing, storage
from contest_portal.core.text import N_
from contest_portal.entries.blind_models import FileMask, NameSearch, NameTrace
from contest_portal.entries.mask_boxes import are_covered
from contest_portal.entries.models import Entry
from contest_portal.entries.name_forms import Wanted
from contest_portal.entries.name_search import VERSION, NameHit, find_names
from contest_portal.entries.name_sources import ReadableFile, names_of, readable_files, typed_texts
from contest_portal.entries.queries.blind import is_searched
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.queries.submitted import latest_version
from contest_portal.entries.redacting import Redaction, in_one_line, stands_at
from contest_portal.media.probing import DerivativeError, patient_reader
from contest_portal.people.models import Office

AROUND = 16
"""Letters shown before and after a name."""
LONGEST_WORDS = 100
MOST_TRACES = 500


def ask_for_name_search(work: Work, entry: Entry, version: int) -> None:
    """Have a submitted version searched once the caller's transaction is written."""
    enqueue_all(work, [name_search_asked(entry, version)])


def name_search_asked(entry: Entry, version: int) -> Asked:
    """The job of a submitted version."""
    return Asked("entries.find_names", {"entry_id": entry.id}, f"names-{entry.id}-{version}")


@job("entries.find_names", N_("查找姓名线索"))
def find_names_job(payload: dict[str, Any]) -> None:
    search_entry(payload["entry_id"])


@job("entries.find_names_again", N_("按新办法重新查找姓名线索"))
def find_names_again(_payload: dict[str, Any]) -> None:
    """Once a day: ask for those works of contests that go on whose last version was searched by an older search, or was
    not searched at all."""
    with unit_of_work(console_actor("job"), "entries.find_names_again") as work:
        rows = work.session.execute(
            select(Entry.id, Entry.submission_count)
            .join(Contest, Contest.id == Entry.contest_id)
            .where(
                Entry.submission_count > 0,
                Entry.state.in_(("submitted", "accepted")),
                Contest.state != "archived",
                ~is_searched(version=VERSION),
            )
            .order_by(Entry.id)
        )
        for entry_id, number in rows.all():
            key = f"names-{entry_id}-{number}-{VERSION}"
            enqueue(work, "entries.find_names", {"entry_id": entry_id}, key=key, lane=SLOW)
            work.record(("entry", entry_id), after={"version": number, "search": VERSION})


every_day("entries.find_names_again", hour=2)


def search_entry(entry_id: int) -> int:
    """Look through the entry's last submitted version; gives how many places were found."""
    entry = entry_by_id(entry_id)
    version = latest_version(entry_id)
    if version is None:
        return 0
    rules, snapshot, number = entry.category.rules, version.snapshot, version.number
    wanted = names_of(snapshot, _places_of(entry))
    typed = typed_texts(snapshot, rules)
    found = [
        values for one in typed for values in _traces(None, one.place, [one.text], find_names([one.text], wanted), {})
    ]
    unread: list[int] = []
    pictured: dict[str, list[int]] = {}
    for file in readable_files(snapshot, rules):
        read = _read_file(file, wanted)
        if read is None:
            unread.append(file.blob_id)
        else:
            found += read.traces
            pictured |= {str(file.blob_id): list(read.pictured)} if read.pictured else {}
    found = sorted(found, key=lambda one: not one["is_certain"])[:MOST_TRACES]
    with unit_of_work(console_actor("job"), "entries.find_names") as work:
        locked(Entry, entry_id)
        _keep(work, entry_id, found, {one.place: one.text for one in typed})
        row = work.session.scalar(select(NameSearch).where(NameSearch.entry_id == entry_id))
        row = row or NameSearch(entry_id=entry_id)
        row.entry_version, row.search_version, row.searched_at = number, VERSION, now()
        row.unread, row.pictured = unread, pictured
        work.session.add(row)
        work.record(("entry", entry_id), after={"version": number, "names": len(found)})
    return len(found)


def _places_of(entry: Entry) -> list[str]:
    """County and town, from the office, those above it, and the school."""
    places, office = [entry.school.township], entry.contest.office
    above: Office | None = office
    while above is not None:
        places.append(above.region_name)
        above = above.parent
    return [place for place in places if place]


@dataclass(frozen=True)
class _ReadFile:
    traces: list[dict[str, Any]]
    pictured: Sequence[int]


def _read_file(file: ReadableFile, wanted: Sequence[Wanted]) -> _ReadFile | None:
    """The names in a file, and its pages with pictures; None where it has no letters, or cannot be read."""
    try:
        with storage().local_copy(file.sha256) as path:
            text = patient_reader().read_letters(path)
            pages = text.pages
            hits = find_names(pages, wanted)[:MOST_TRACES]
            spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
            for hit in hits:
                spans[str(hit.place + 1)].append((hit.begin, hit.end))
            boxes = patient_reader().find_boxes(path, spans) if spans else {}
    except (Missing, DerivativeError):
        return None
    if not any(page.strip() for page in pages):
        return None
    placed = {
        (page, *span): box
        for page, wanted_spans in spans.items()
        for span, box in zip(wanted_spans, boxes[page], strict=True)
    }
    return _ReadFile(list(_traces(file.blob_id, file.place, pages, hits, placed)), text.pictured)


def _traces(
    blob_id: int | None,
    place: str,
    texts: Sequence[str],
    hits: Sequence[NameHit],
    boxes: Mapping[tuple[str, int, int], Any],
) -> Iterator[dict[str, Any]]:
    for hit in hits:
        text = texts[hit.place]
        page = hit.place + 1 if blob_id else 0
        yield {
            "blob_id": blob_id,
            "place": place,
            "page": page,
            "letter": hit.begin,
            "length": hit.end - hit.begin,
            "name": hit.name[:100],
            "role": hit.role,
            "words": in_one_line(text[hit.begin : hit.end])[:LONGEST_WORDS],
            "before": in_one_line(text[max(0, hit.begin - AROUND) : hit.begin]),
            "after": in_one_line(text[hit.end : hit.end + AROUND]),
            "is_certain": hit.certain,
            "boxes": boxes.get((str(page), hit.begin, hit.end), []),
        }


_KEY = ("blob_id", "place", "page", "letter", "name")


def _keep(work: Work, entry_id: int, found: Sequence[dict[str, Any]], typed: Mapping[str, str]) -> None:
    rows = work.session.scalars(select(NameTrace).where(NameTrace.entry_id == entry_id))
    known = {tuple(getattr(row, one) for one in _KEY): row for row in rows}
    masks = {mask.blob_id: mask for mask in work.session.scalars(select(FileMask).where(FileMask.entry_id == entry_id))}
    for values in found:
        key = tuple(values[one] for one in _KEY)
        row = known.pop(key, None)
        if row is None or row.words != values["words"]:
            row = row or NameTrace(entry_id=entry_id)
            row.state, row.settled_by, row.settled_at = "open", None, None
        for name, value in values.items():
            setattr(row, name, value)
        settle_by_mask(row, masks.get(row.blob_id or 0))
        work.session.add(row)
    for row in known.values():
        if not _stays_redacted(row, typed):
            work.session.delete(row)


def _stays_redacted(row: NameTrace, typed: Mapping[str, str]) -> bool:
    """What was redacted stays so although it is not found any more, as long as it stands where it stood."""
    same = Redaction(row.letter, row.length, row.words)
    return row.state == "redacted" and stands_at(typed.get(row.place, ""), same)


def settle_by_mask(trace: NameTrace, mask: FileMask | None) -> None:
    """An open trace that the mask covers is masked; a masked one that it does not is open again."""
    boxes = mask.boxes.get(str(trace.page), []) if mask is not None else []
    if are_covered(trace.boxes, boxes):
        if trace.state == "open" and mask is not None:
            trace.state, trace.settled_by, trace.settled_at = "masked", mask.saved_by, mask.saved_at
    elif trace.state == "masked":
        trace.state, trace.settled_by, trace.settled_at = "open", None, None


def settle_trace(actor: Actor, entry_id: int, trace_id: int, state: str, *, alike: bool = False) -> NameTrace:
    """Say of a found name that it is none ("dismissed"), that judges read squares for it ("redacted"; only of what was
    typed), or take that back ("open"). `alike`: the same of the same words in the same file or part of the form.

    Raises NotFound for another entry's, Invalid for any other state.
    """
    if state not in {"open", "dismissed", "redacted"}:
        raise Invalid("entries.unknown_trace_state", N_("请在页面上按按钮处理这处线索。"))
    with unit_of_work(actor, "entries.settle_name") as work:
        trace = work.session.scalar(
            select(NameTrace).where(NameTrace.id == trace_id, NameTrace.entry_id == entry_id).with_for_update()
        )
        if trace is None:
            raise NotFound
        if state == "redacted" and trace.blob_id is not None:
            raise Invalid("entries.redacted_file", N_("文件里的文字请用「遮盖」。"))
        for one in _same_words(work, trace) if alike else [trace]:
            if one.state not in {state, "masked"}:
                _settle(work, actor, one, state)
    return trace


def _same_words(work: Work, trace: NameTrace) -> list[NameTrace]:
    same = (NameTrace.blob_id, NameTrace.place, NameTrace.name, NameTrace.words, NameTrace.state)
    wanted = select(NameTrace).where(
        NameTrace.entry_id == trace.entry_id,
        *(column.is_not_distinct_from(getattr(trace, column.key)) for column in same),
    )
    return list(work.session.scalars(wanted.order_by(NameTrace.id).with_for_update()))


def _settle(work: Work, actor: Actor, trace: NameTrace, state: str) -> None:
    before = {"state": trace.state}
    is_open = state == "open"
    trace.state = state
    trace.settled_by = None if is_open else actor.account_id
    trace.settled_at = None if is_open else now()
    work.record(trace, before=before, after={"state": state, "entry": trace.entry_id})

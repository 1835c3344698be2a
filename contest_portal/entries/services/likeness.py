"""What is alike: after each submission a job takes the entry's contents in and compares them with all of the office's.

Done again, nothing is doubled: contents and pairs are known by what they are. Comparing stands outside transactions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from contest_portal.core.actor import console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.job_batches import Asked, enqueue_all
from contest_portal.core.jobs import SLOW, job
from contest_portal.core.storage import Missing
from contest_portal.core.text import N_
from contest_portal.entries.likeness_models import EntryContent, LikenessPair
from contest_portal.entries.likeness_sources import FileSource, files_of, words_of
from contest_portal.entries.models import Entry
from contest_portal.entries.queries import likeness_search
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.queries.submitted import latest_version
from contest_portal.entries.services import reviewing_pairs as _reviewing  # noqa: F401  its job
from contest_portal.entries.services.alike_texts import (
    Alike,
    Forms,
    compared_texts,
    end_reading,
    later_first,
    printed_marks,
    read_papers,
)
from contest_portal.media.facts import Kind
from contest_portal.media.services import fingerprints

if TYPE_CHECKING:
    from contest_portal.media.likeness import PictureFingerprint


def ask_for_likeness(work: Work, entry: Entry, version: int) -> None:
    """Have a submitted version compared once the caller's transaction is written."""
    enqueue_all(work, likeness_asked(entry, version))


def likeness_asked(entry: Entry, version: int) -> list[Asked]:
    """The job of a submitted version; none of a practice contest."""
    if entry.contest.is_practice:
        return []
    return [Asked("entries.likeness", {"entry_id": entry.id}, f"likeness-{entry.id}-{version}", SLOW)]


@job("entries.likeness", N_("查重比对"))
def look_for_likeness(payload: dict[str, Any]) -> None:
    """Take in what was submitted last, and keep the pairs that are found."""
    take_in(payload["entry_id"])
    find_pairs(payload["entry_id"])


def take_in(entry_id: int, *, again: bool = False) -> None:
    """Know the contents of the entry's last submitted version. `again`: make their fingerprints anew."""
    entry = entry_by_id(entry_id)
    version = latest_version(entry_id)
    if version is None or entry.contest.is_practice:
        return
    office_id = entry.contest.office_id
    read_papers(office_id)
    contents = [
        *_file_contents(files_of(version.snapshot), again=again),
        *_typed_contents(words_of(version.snapshot), again=again),
    ]
    with unit_of_work(console_actor("job"), "entries.take_contents_in") as work:
        locked(Entry, entry_id)
        known = {
            one.fingerprint_id: one
            for one in work.session.scalars(select(EntryContent).where(EntryContent.entry_id == entry_id))
        }
        for content in contents:
            row = known.setdefault(
                content["fingerprint_id"], EntryContent(entry_id=entry_id, office_id=office_id, **content)
            )
            row.slot_code, row.file_name = content["slot_code"], content["file_name"]
            row.entry_version = version.number
            work.session.add(row)
        kept = {content["fingerprint_id"] for content in contents}
        for fingerprint_id, row in known.items():
            row.is_current = fingerprint_id in kept
        work.record(("entry", entry_id), after={"version": version.number, "contents": len(kept)})


def _file_contents(files: Sequence[FileSource], *, again: bool) -> list[dict[str, Any]]:
    found = []
    for file in files:
        kind = fingerprints.comparable_as(Kind(file.kind))
        if kind is None:
            continue
        try:
            made = fingerprints.fingerprint_of_file(file.sha256, kind, again=again)
        except Missing:  # `media verify` names it
            continue
        place = {"blob_id": file.blob_id, "slot_code": file.slot_code, "file_name": file.name}
        found.append({"kind": kind, "fingerprint_id": made, **place})
    return found


def _typed_contents(words: str, *, again: bool) -> list[dict[str, Any]]:
    if not words:
        return []
    made = fingerprints.fingerprint_of_words(words, again=again)
    return [{"kind": "text", "fingerprint_id": made, "blob_id": None, "slot_code": "", "file_name": ""}]


def find_pairs(entry_id: int) -> int:
    """Compare the entry's contents with all others; gives how many open or judged pairs it is in now.

    New pairs are kept. Open ones are brought up to date, and go where the contents are alike no more, or no more what
    was submitted last. Judged ones stay as they are.
    """
    contents = likeness_search.contents_of(entry_id)
    forms: Forms = {}
    found = [alike for content in contents for alike in _alike_to(content, forms)]
    best = {alike.key: alike for alike in _mutually_best(found)}
    outdated = _outdated_by_a_form(contents, forms)
    with unit_of_work(console_actor("job"), "entries.find_likeness") as work:
        locked(Entry, entry_id)
        _keep(work, entry_id, best)
        work.session.execute(delete(LikenessPair).where(LikenessPair.id.in_(outdated), LikenessPair.state == "open"))
        work.record(("entry", entry_id), after={"pairs": len(best)})
    return len(best)


def _outdated_by_a_form(contents: Iterable[EntryContent], forms: Forms) -> list[int]:
    """Open pairs of texts that were alike only in a form's words, of which too few were there to know them as such."""
    return [
        pair.id
        for content in contents
        if content.kind == "text" and likeness_search.shows_its_form(content)
        for pair in likeness_search.open_pairs_beside(content)
        if compared_texts(pair.content_a, pair.content_b, forms) is None
    ]


def _alike_to(content: EntryContent, forms: Forms) -> list[Alike]:
    if content.kind == "picture":
        return list(_alike_pictures(content))
    others = likeness_search.candidates_of(content, printed_marks(content, forms))
    return [one for one in (compared_texts(content, other, forms) for other in others) if one is not None]


def _picture(fingerprint_id: int) -> PictureFingerprint | None:
    found = fingerprints.picture_of(fingerprint_id)
    end_reading()
    return found


def _alike_pictures(content: EntryContent) -> Iterator[Alike]:
    """What is the very same picture, what was alike before and is still, and what the nearest others show."""
    from contest_portal.media.likeness import alike_among
    from contest_portal.media.likeness.searching import PATIENCE

    own, known = fingerprints.picture_of(content.fingerprint_id), likeness_search.partners(content)
    before: dict[int, list[EntryContent]] = {}
    near: dict[int, list[EntryContent]] = {}
    for other in likeness_search.candidates_of(content, ()):
        if other.fingerprint_id == content.fingerprint_id:
            yield Alike(*later_first(content, other), 1.0, "same", {"identical": True})
        elif other.id in known or other.fingerprint_id in before:
            before.setdefault(other.fingerprint_id, []).append(other)
        else:
            near.setdefault(other.fingerprint_id, []).append(other)
    if own is None:
        return
    for others, patience in ((before, len(before) + 1), (near, PATIENCE)):  # what was alike is asked in any case
        for fingerprint_id, likeness in alike_among(own, others, _picture, patience):
            for other in others[fingerprint_id]:
                pair = later_first(content, other)
                yield Alike(*pair, likeness.score, likeness.verdict.value, dict(likeness.how))


def _mutually_best(found: Iterable[Alike]) -> list[Alike]:
    """Of two entries with several materials, only the pairs in which each is what the other is most like."""
    best: dict[tuple[int, int], Alike] = {}
    for alike in sorted(found, key=lambda one: (-one.score, one.key)):
        best.setdefault((alike.a.id, alike.b.entry_id), alike)
        best.setdefault((alike.b.id, alike.a.entry_id), alike)
    return [
        alike
        for alike in found
        if best[alike.a.id, alike.b.entry_id].key == alike.key == best[alike.b.id, alike.a.entry_id].key
    ]


def _keep(work: Work, entry_id: int, found: dict[tuple[int, int], Alike]) -> None:
    known = {
        (pair.content_a_id, pair.content_b_id): pair
        for pair in work.session.scalars(
            select(LikenessPair).where((LikenessPair.entry_a_id == entry_id) | (LikenessPair.entry_b_id == entry_id))
        )
    }
    for key, alike in found.items():
        pair = known.get(key)
        if pair is None:
            work.session.add(_new_pair(alike))
        elif pair.state == "open":
            pair.score, pair.estimate, pair.details = alike.score, alike.estimate, alike.details
    for key, pair in known.items():
        if pair.state == "open" and key not in found:
            work.session.delete(pair)


def _new_pair(alike: Alike) -> LikenessPair:
    return LikenessPair(
        office_id=alike.a.office_id,
        kind=alike.a.kind,
        entry_a_id=alike.a.entry_id,
        entry_b_id=alike.b.entry_id,
        content_a_id=alike.a.id,
        content_b_id=alike.b.id,
        score=alike.score,
        estimate=alike.estimate,
        details=alike.details,
        found_at=now(),
    )

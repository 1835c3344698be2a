"""Verbs on uploaded rosters: preview, decide the doubtful rows, apply all or nothing, discard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from contest_portal.core import clock
from contest_portal.core.actor import Actor
from contest_portal.core.database import Work, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, Stale
from contest_portal.core.sealed_files import keep_sealed, open_sealed
from contest_portal.core.sealing import sealer
from contest_portal.core.spreadsheets import read_tables
from contest_portal.core.text import N_, Message
from contest_portal.people.models import RosterImport, School
from contest_portal.people.queries.known_people import known_people, school_names
from contest_portal.people.roster import (
    ExistingPerson,
    RosterKind,
    RosterReading,
    RowOutcome,
    StudentValues,
    compare_roster,
    id_keys,
    people_not_listed,
    read_roster,
)
from contest_portal.people.roster_preview import OUTCOME_KINDS, PreviewFile, fingerprint, pack_preview
from contest_portal.people.school_year import school_year_of
from contest_portal.people.services.number_misses import count_misses
from contest_portal.people.services.roster_writing import write_students, write_teachers
from contest_portal.people.services.transfers import Asked, ask_transfers

FILE_NAME_LENGTH = 200


@dataclass(frozen=True)
class _Compared:
    """A reading against the people who are known."""

    outcomes: list[RowOutcome]
    existing: list[ExistingPerson]


def preview_roster(actor: Actor, school_id: int, kind: RosterKind, content: bytes, filename: str) -> RosterImport:
    """Read an uploaded roster and say what it would do; nobody is touched. Raises SpreadsheetError, NotFound.

    A roster with errors is kept as well, so that its errors can be shown and downloaded; it cannot be applied. Raises
    Conflict where too many of its numbers belong to other schools' people of other names.
    """
    school = found(School, school_id)
    reading = read_roster(read_tables(content, filename), kind, today=clock.today(), school_kind=school.kind)
    compared = _compare(school, reading)
    of_others = [position for position, one in enumerate(compared.outcomes) if one.names_another]
    count_misses(actor, school, len(of_others))
    not_listed = people_not_listed(compared.outcomes, compared.existing, school_id=school.id)
    others = school_names(one.other_school_id for one in compared.outcomes if one.other_school_id)
    preview = keep_sealed(pack_preview(reading, compared.outcomes, not_listed, others))
    counts: Counter[str] = Counter(outcome.kind for outcome in compared.outcomes)
    summary = {
        "rows": len(reading.rows),
        "counts": {name: counts.get(name, 0) for name in (*OUTCOME_KINDS, "error")},
        "errors": reading.error_count,
        "warnings": reading.warning_count,
        "listed": dict(Counter(problem.severity for problem in reading.problems)),
        "unlisted_people": len(not_listed),
        "ignored_columns": list(reading.ignored_columns),
        "ignored_sheets": list(reading.ignored_sheets),
        "preview_sha256": preview,
        "fingerprint": fingerprint(compared.outcomes),
        "accepted": [],
        "not_to_take": of_others,
    }
    original = keep_sealed(content)
    with unit_of_work(actor, "people.preview_roster") as work:
        row = RosterImport(
            school_id=school_id,
            kind=kind,
            file_sha256=original,
            file_name=filename[-FILE_NAME_LENGTH:],
            state="previewed",
            summary=summary,
            created_by=actor.account_id,
            created_at=clock.now(),
        )
        work.session.add(row)
        work.record(row, after={"kind": kind, "counts": summary["counts"]})
    return row


def decide_doubtful(actor: Actor, import_id: int, shown: Collection[int], accepted: Collection[int]) -> RosterImport:
    """Of the doubtful rows `shown` (by position) take the `accepted` ones as new people, leave the others out; so are
    those that bear the number of somebody else."""
    with unit_of_work(actor, "people.decide_doubtful") as work:
        row = _previewed(import_id)
        before = set(row.summary["accepted"])
        after = (before - set(shown)) | (set(accepted) & set(shown)) - set(row.summary.get("not_to_take", ()))
        row.summary = {**row.summary, "accepted": sorted(after)}
        work.record(row, before={"accepted": len(before)}, after={"accepted": len(after)})
    return row


def apply_roster(actor: Actor, import_id: int) -> RosterImport:
    """Do what the preview said, all of it or nothing; done again it changes nothing.

    Doubtful rows count only where they were accepted. Pupils of other schools are asked for there. Raises Invalid for
    a roster with errors, Stale when the school's people have changed since the preview, Conflict once discarded.
    """
    reading = preview_of(found(RosterImport, import_id)).reading()
    with unit_of_work(actor, "people.apply_roster") as work:
        row = locked(RosterImport, import_id)
        if row.state == "applied":
            return row
        _refuse_unless_applicable(row)
        school = locked(School, row.school_id)
        outcomes = _compare(school, reading).outcomes
        if fingerprint(outcomes) != row.summary["fingerprint"]:
            raise Stale(N_("预览之后，本校名册已有变化，没有写入任何内容。请重新上传文件，查看新的预览。"))
        accepted = set(row.summary["accepted"])
        taken = [
            one
            for position, one in enumerate(outcomes)
            if one.kind != "doubtful" or (position in accepted and not one.names_another)
        ]
        if row.kind == "students":
            write_students(school, taken, school_year_of(clock.today()))
        else:
            write_teachers(school, taken)
        moved = ask_transfers(work, school, [_asked(one) for one in taken if one.kind == "moved"])
        _supersede_others(work, row)
        result = _result(taken, len(outcomes) - len(taken), moved)
        row.summary = {**row.summary, "result": result}
        row.state, row.applied_at = "applied", clock.now()
        work.record(row, before={"state": "previewed"}, after={"state": "applied", **result})
    return row


def discard_roster(actor: Actor, import_id: int) -> RosterImport:
    """Give a preview up. Raises Conflict when it was applied or discarded already."""
    with unit_of_work(actor, "people.discard_roster") as work:
        row = _previewed(import_id)
        row.state = "discarded"
        work.record(row, before={"state": "previewed"}, after={"state": "discarded"})
    return row


def preview_of(row: RosterImport) -> PreviewFile:
    """The import's preview, opened. Raises Conflict where it was erased by retention."""
    return PreviewFile(open_sealed(_still_there(row.summary.get("preview_sha256", ""))))


def uploaded_file(row: RosterImport) -> bytes:
    """The workbook as it was uploaded. Raises Conflict where it was erased by retention."""
    return open_sealed(_still_there(row.file_sha256))


def _still_there(sha256: str) -> str:
    if not sha256:
        raise Conflict("people.roster_erased", N_("这次上传的文件含个人信息，已经清除。名册和导入记录不受影响。"))
    return sha256


def _compare(school: School, reading: RosterReading) -> _Compared:
    keys = id_keys(reading, sealer().person_digest)
    existing = known_people(school, reading.kind, keys.values())
    return _Compared(compare_roster(reading, existing, school_id=school.id, key_of=keys), existing)


def _previewed(import_id: int) -> RosterImport:
    row = locked(RosterImport, import_id)
    if row.state != "previewed":
        raise Conflict("people.roster_state", N_("这次导入已经完成或已放弃，不能再更改。请重新上传。"))
    return row


def _supersede_others(work: Work, applied: RosterImport) -> None:
    """Give up the school's other previews of that kind: they were made against the roster as it was before."""
    others = work.session.scalars(
        select(RosterImport)
        .where(
            RosterImport.school_id == applied.school_id,
            RosterImport.kind == applied.kind,
            RosterImport.state == "previewed",
            RosterImport.id != applied.id,
        )
        .order_by(RosterImport.id)
        .with_for_update()
    )
    for one in others:
        one.state, one.summary = "discarded", {**one.summary, "superseded": True}
        work.record(one, before={"state": "previewed"}, after={"state": "discarded", "superseded_by": applied.id})


def _refuse_unless_applicable(row: RosterImport) -> None:
    if row.summary.get("superseded"):
        raise Stale(
            N_("预览之后，本校又导入了另一份名册，这份预览已作废，没有写入任何内容。请重新上传文件，查看新的预览。")
        )
    if row.state != "previewed":
        raise Conflict("people.roster_state", N_("这次导入已经放弃。请重新上传文件。"))
    if row.summary["errors"]:
        raise Invalid(
            "people.roster_errors",
            Message.of(
                N_("名册中还有 %(count)s 处错误，没有写入任何内容。请改正后重新上传。"), count=row.summary["errors"]
            ),
        )


def _asked(outcome: RowOutcome) -> Asked:
    assert isinstance(outcome.row.values, StudentValues)
    assert outcome.person_id is not None
    return Asked(outcome.person_id, outcome.row.values.grade, outcome.row.values.class_name)


def _result(taken: list[RowOutcome], skipped: int, moved: list[Any]) -> dict[str, int]:
    kinds = Counter(one.kind for one in taken)
    asked = sum(row.state == "pending" for row in moved)
    return {
        "created": kinds["new"] + kinds["doubtful"],
        "updated": kinds["changed"],
        "unchanged": kinds["unchanged"],
        "asked": asked,
        "moved": len(moved) - asked,
        "skipped": skipped,
    }

"""Who may not read what, and why: own school, own pupils, declared relations. Pure.

A judge is kept away from the works of the own school (employer, or school of an account's membership), from works that
the judge tutors, authored or entered, and from the schools, pupils and entries that a relation was declared to.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from contest_portal.core.text import N_, Message

Pair = tuple[int, int]
"""(judge id, entry id)."""


@dataclass(frozen=True)
class EntryTies:
    """Whom an entry belongs to: all schools of its authors and itself, its teachers' person keys, its pupils."""

    id: int
    schools: Mapping[int, str]
    person_keys: frozenset[str] = frozenset()
    phone_digests: frozenset[str] = frozenset()
    students: frozenset[int] = frozenset()
    entered_by: int | None = None


@dataclass(frozen=True)
class JudgeTies:
    """Whom a judge belongs to, and the declared relations by what they name, each with its reason."""

    id: int
    employer: str = ""
    schools: frozenset[int] = frozenset()
    person_keys: frozenset[str] = frozenset()
    phone_digest: str | None = None
    account_id: int | None = None
    declared_schools: Mapping[int, str] = field(default_factory=dict)
    declared_students: Mapping[int, str] = field(default_factory=dict)
    declared_entries: Mapping[int, str] = field(default_factory=dict)


def conflicts_between(judges: Iterable[JudgeTies], entries: Sequence[EntryTies]) -> dict[Pair, Message]:
    """Every pair that may not be assigned, with the first reason found."""
    index = _Index(entries)
    found: dict[Pair, Message] = {}
    for judge in judges:
        for entry_id, reason in index.conflicts_of(judge):
            found.setdefault((judge.id, entry_id), reason)
    return found


def plain_name(text: str) -> str:
    """A school's or employer's name as it is compared: full-width letters and spaces mended."""
    return "".join(unicodedata.normalize("NFKC", text).split())


class _Index:
    """Entries by what they belong to, so that the work grows with what is found and not with all pairs."""

    def __init__(self, entries: Sequence[EntryTies]) -> None:
        self.by_id = {entry.id: entry for entry in entries}
        self.by_school: dict[int, list[int]] = defaultdict(list)
        self.by_name: dict[str, list[int]] = defaultdict(list)
        self.by_person: dict[str, list[int]] = defaultdict(list)
        self.by_phone: dict[str, list[int]] = defaultdict(list)
        self.by_student: dict[int, list[int]] = defaultdict(list)
        self.by_account: dict[int, list[int]] = defaultdict(list)
        for entry in entries:
            for school_id, name in entry.schools.items():
                self.by_school[school_id].append(entry.id)
                self.by_name[plain_name(name)].append(entry.id)
            for key in entry.person_keys:
                self.by_person[key].append(entry.id)
            for digest in entry.phone_digests:
                self.by_phone[digest].append(entry.id)
            for student_id in entry.students:
                self.by_student[student_id].append(entry.id)
            if entry.entered_by is not None:
                self.by_account[entry.entered_by].append(entry.id)

    def conflicts_of(self, judge: JudgeTies) -> Iterable[tuple[int, Message]]:
        own_school = N_("本校作品：%(school)s")
        for school_id in sorted(judge.schools):
            for entry_id in self.by_school[school_id]:
                yield entry_id, Message.of(own_school, school=self.by_id[entry_id].schools[school_id])
        if name := plain_name(judge.employer):
            for entry_id in self.by_name[name]:
                yield entry_id, Message.of(own_school, school=judge.employer)
        for key in sorted(judge.person_keys):
            for entry_id in self.by_person[key]:
                yield entry_id, Message.of(N_("本人辅导或申报的作品"))
        if judge.phone_digest:
            for entry_id in self.by_phone[judge.phone_digest]:
                yield entry_id, Message.of(N_("本人辅导或申报的作品"))
        if judge.account_id is not None:
            for entry_id in self.by_account[judge.account_id]:
                yield entry_id, Message.of(N_("本人填报的作品"))
        for school_id, why in sorted(judge.declared_schools.items()):
            for entry_id in self.by_school[school_id]:
                yield (
                    entry_id,
                    Message.of(
                        N_("须回避的学校：%(school)s（%(why)s）"),
                        school=self.by_id[entry_id].schools[school_id],
                        why=why,
                    ),
                )
        for student_id, why in sorted(judge.declared_students.items()):
            for entry_id in self.by_student[student_id]:
                yield entry_id, Message.of(N_("须回避的学生（%(why)s）"), why=why)
        for entry_id, why in sorted(judge.declared_entries.items()):
            if entry_id in self.by_id:
                yield entry_id, Message.of(N_("已声明回避（%(why)s）"), why=why)

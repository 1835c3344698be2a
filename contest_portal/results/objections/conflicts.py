"""Who of the office is kept away from a case, and why. Pure.

Kept away is whoever objects, has to do with the work (tutor, author, whoever entered it, the own school), judged it, has a
relation declared to it as a judge, or was declared for this case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from contest_portal.core.text import N_, Message


@dataclass(frozen=True)
class CaseTies:
    """Whom a case is about: who objects, the work's people and schools, and what was declared (account id → why)."""

    objector_name: str
    objector_phone_digest: str
    schools: frozenset[int] = frozenset()
    person_keys: frozenset[str] = frozenset()
    phone_digests: frozenset[str] = frozenset()
    entered_by: int | None = None
    judged_by: frozenset[int] = frozenset()
    judge_relations: Mapping[int, str] = field(default_factory=dict)
    declared: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PersonTies:
    """Whom somebody of the office belongs to besides it."""

    account_id: int
    name: str
    phone_digest: str | None = None
    schools: frozenset[int] = frozenset()
    person_keys: frozenset[str] = frozenset()


def conflict_of(person: PersonTies, case: CaseTies) -> Message | None:
    """Why the person is kept away from the case, or None."""
    if person.account_id in case.declared:
        return Message.of(N_("已声明回避：%(why)s"), why=case.declared[person.account_id])
    same_phone = person.phone_digest is not None and person.phone_digest == case.objector_phone_digest
    if same_phone or person.name == case.objector_name:
        return Message(N_("与异议人同名或同一电话"))
    if person.person_keys & case.person_keys or (person.phone_digest and person.phone_digest in case.phone_digests):
        return Message(N_("是该作品的作者或辅导教师"))
    if person.account_id == case.entered_by:
        return Message(N_("是该作品的填报人"))
    if person.schools & case.schools:
        return Message(N_("同时是该作品所在学校的人员"))
    if person.account_id in case.judged_by:
        return Message(N_("评审过该作品"))
    if person.account_id in case.judge_relations:
        return Message.of(N_("作为评委声明过回避：%(why)s"), why=case.judge_relations[person.account_id])
    return None

"""Certificates of a person: they stay, for whoever holds the paper must be able to have it checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, or_, select

from contest_portal.core.database import db
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Author, Tutor
from contest_portal.people.privacy.own_holdings import plain
from contest_portal.people.privacy.registry import Fate, Held, HeldFile, Person, holder
from contest_portal.results.certificates.models import Certificate


@holder("certificate")
def certificates(person: Person) -> Iterable[Held]:
    """Certificates on which the person stands."""
    if person.kind == "student":
        works: Any = and_(
            Certificate.kind == "author",
            Certificate.entry_id.in_(select(Author.entry_id).where(Author.student_id == person.id)),
        )
    else:
        guided = Certificate.entry_id.in_(select(Tutor.entry_id).where(Tutor.teacher_id == person.id))
        written = Certificate.entry_id.in_(select(Author.entry_id).where(Author.teacher_id == person.id))
        works = or_(and_(Certificate.kind == "tutor", guided), and_(Certificate.kind == "author", written))
    rows = [
        one
        for one in db.session.scalars(select(Certificate).where(works).order_by(Certificate.id))
        if person.name in one.recipient
    ]
    files = [HeldFile(f"{one.number}.pdf", one.file_sha256) for one in rows if one.file_sha256]
    why = Message(N_("证书已经发出，须能核验真伪；核验须输入证书编号。要去掉姓名，请在证书页撤销该证书。"))
    yield Held("certificates", Message(N_("证书")), Fate.KEPT, why, [plain(one) for one in rows], files)

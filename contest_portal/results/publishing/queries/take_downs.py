"""Reads of proposals to take a list down at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, joinedload

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.people.models import Account
from contest_portal.results.publishing.models import Publication, TakeDown


@dataclass(frozen=True)
class Told:
    """A proposal with the names of who made and who settled it."""

    proposal: TakeDown
    proposer: str
    settler: str


def take_down_by_id(take_down_id: int) -> TakeDown:
    """The proposal with its list and contest. Raises NotFound."""
    row = db.session.scalar(
        select(TakeDown)
        .where(TakeDown.id == take_down_id)
        .options(joinedload(TakeDown.publication).joinedload(Publication.contest).joinedload(Contest.office))
    )
    if row is None:
        raise NotFound
    return row


def take_downs_of(publication: Publication) -> list[Told]:
    """The proposals that concern this version, newest first: its own, and of a version that was pulled along, the newer one's."""
    proposer, settler = aliased(Account), aliased(Account)
    rows = db.session.execute(
        select(TakeDown, proposer.name, settler.name)
        .join(Publication, Publication.id == TakeDown.publication_id)
        .outerjoin(proposer, proposer.id == TakeDown.proposed_by)
        .outerjoin(settler, settler.id == TakeDown.settled_by)
        .where(
            Publication.contest_id == publication.contest_id,
            Publication.kind == publication.kind,
            (Publication.id == publication.id)
            | (
                (Publication.version > publication.version)
                & (TakeDown.state == "done")
                & (TakeDown.settled_at == publication.pulled_at)
            ),
        )
        .order_by(TakeDown.id.desc())
    ).all()
    return [Told(row, by or "", settled or "") for row, by, settled in rows]


def take_downs_to_confirm(actor: Actor) -> Select[int]:
    """Counts the proposals of the office's other people that wait, for the navigation."""
    return (
        select(func.count(TakeDown.id))
        .join(Publication, Publication.id == TakeDown.publication_id)
        .join(Contest, Contest.id == Publication.contest_id)
        .where(
            Contest.office_id == actor.office_id,
            TakeDown.state == "proposed",
            TakeDown.proposed_by.is_distinct_from(actor.account_id),
        )
    )


def lists_to_confirm(actor: Actor, contest_ids: Collection[int]) -> dict[int, list[int]]:
    """Contest → the lists for which such a proposal waits, in one statement."""
    rows = db.session.execute(
        take_downs_to_confirm(actor)
        .with_only_columns(Publication.contest_id, Publication.id)
        .where(Publication.contest_id.in_(contest_ids))
        .order_by(Publication.id)
    )
    found: dict[int, list[int]] = {}
    for contest_id, publication_id in rows:
        found.setdefault(contest_id, []).append(publication_id)
    return found

"""Who may work on a batch of pictures: whoever opened it, and the manager of its school. For all others there is none."""

from __future__ import annotations

from contest_portal.core.actor import Actor, Role
from contest_portal.core.permissions import Decision, rule, visible_if
from contest_portal.entries.models_batch import PaintingBatch
from contest_portal.entries.queries.batches import ItemOf


@rule("entries.work_on_batch")
def may_work_on_batch(actor: Actor, batch: PaintingBatch) -> Decision:
    is_of_the_school = actor.school_id is not None and actor.school_id == batch.school_id
    is_own = actor.is_in(Role.TEACHER) and actor.account_id == batch.created_by
    return visible_if(is_of_the_school and (actor.is_in(Role.SCHOOL_MANAGER) or is_own))


@rule("entries.work_on_batch_row")
def may_work_on_batch_row(actor: Actor, found: ItemOf) -> Decision:
    return may_work_on_batch(actor, found.batch)

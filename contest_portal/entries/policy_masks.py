"""Names and black boxes: the staff of the office whose contest it is; its leaders and supervisors look on."""

from __future__ import annotations

from contest_portal.core.actor import Actor
from contest_portal.core.permissions import Decision, rule
from contest_portal.entries.blind_models import NameTrace
from contest_portal.entries.models import Entry
from contest_portal.entries.policy_office import may_read, may_screen
from contest_portal.entries.queries.blind import MaskableFile


@rule("entries.mask")
def may_mask(actor: Actor, asked: MaskableFile) -> Decision:
    return may_screen(actor, asked.entry)


@rule("entries.see_mask")
def may_see_mask(actor: Actor, asked: MaskableFile) -> Decision:
    return may_read(actor, asked.entry)


@rule("entries.settle_name")
def may_settle(actor: Actor, asked: tuple[Entry, NameTrace]) -> Decision:
    return may_screen(actor, asked[0])

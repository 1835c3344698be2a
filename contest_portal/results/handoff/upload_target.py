"""Where packages of lower offices go that are sent in pieces, of any size."""

from __future__ import annotations

from collections.abc import Collection

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.permissions import Decision
from contest_portal.core.text import N_
from contest_portal.media.services.receiving import Received
from contest_portal.media.upload_targets import Announced, Place, Target, UploadView, id_in, register_target
from contest_portal.results.handoff.policy import may_hand_off
from contest_portal.results.handoff.services.receiving import receive_package
from contest_portal.results.handoff.services.taking import require_receiving
from contest_portal.results.loading import contest_by_id

HANDOFF_TARGET, CONTEST_KEY = "handoff", "contest"


def begin(actor: Actor, place: Place, announced: Announced) -> None:
    """Raises NotFound for a contest that the actor takes nothing in for, Conflict where it is over, Invalid for nothing."""
    require_receiving(_contest(actor, place))
    if announced.size_bytes == 0:
        raise Invalid("handoff.empty", N_("这个文件是空的，没有任何内容。请重新选择上报包。"))


def accepted(_actor: Actor, _place: Place) -> Collection[str]:
    """No decoder looks into a package: the check does, after its signature."""
    return ()


def take(actor: Actor, upload: UploadView, received: Received) -> None:
    """Keep it and have it checked."""
    contest = _contest(actor, upload.place)
    receive_package(actor, contest.id, received.sha256, upload.name, received.size_bytes)


def _contest(actor: Actor, place: Place) -> Contest:
    contest = contest_by_id(id_in(place, CONTEST_KEY))
    if may_hand_off(actor, contest) is not Decision.ALLOW:
        raise NotFound
    return contest


register_target(HANDOFF_TARGET, Target(key=CONTEST_KEY, begin=begin, accepted=accepted, take=take))

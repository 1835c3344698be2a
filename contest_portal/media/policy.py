"""Who may do what in media."""

from __future__ import annotations

from contest_portal.core.actor import Actor
from contest_portal.core.permissions import Decision, allowed_if, public_rule, rule, visible_if
from contest_portal.media.models import Upload

public_rule("media.upload_options")
public_rule("media.signed_file")  # its word was signed for somebody who was allowed


@rule("media.upload")
def may_upload(actor: Actor) -> Decision:
    """Whoever has a membership; where a file may go is the target's to say."""
    return allowed_if(actor.membership is not None)


@rule("media.own_upload")
def may_use_upload(actor: Actor, upload: Upload) -> Decision:
    """An upload belongs to its account; for everybody else there is none."""
    return visible_if(upload.account_id == actor.account_id)

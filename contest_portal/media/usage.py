"""Which columns of the room name content without holding it; see core/content_use.py."""

from __future__ import annotations

from contest_portal.core.content_use import is_no_use, is_use_while
from contest_portal.media import personal_data
from contest_portal.media.models import Blob, Fingerprint, Upload

_ = personal_data  # it says what of uploads is about a person

# Neither what was found out about a content nor its fingerprint keeps it alive.
is_no_use(Blob.facts, Fingerprint.sha256)
is_use_while(Upload.sha256, Upload.state.in_(("receiving", "checking", "failed")))

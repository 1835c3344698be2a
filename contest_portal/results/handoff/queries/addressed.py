"""To whom a package says it goes. One that is not encrypted can be opened by any office that got hold of it."""

from __future__ import annotations

import unicodedata

from contest_portal.people.models import Office
from contest_portal.results.handoff.models import Handoff


def other_receiver(row: Handoff, office: Office) -> str:
    """The office that an open package names, where that is another than this one; else empty. Of an encrypted package, and
    of one that names nobody, there is nothing to ask."""
    named = str(row.document.get("receiver", ""))
    if not named or row.source_id is not None or row.document.get("receiver_fingerprint"):
        return ""
    return "" if _plain(named) in {_plain(office.name), _plain(office.short_name)} else named


def _plain(name: str) -> str:
    """Offices write their own name long or short: 科学技术协会, 科协."""
    return "".join(unicodedata.normalize("NFKC", name).split()).replace("科学技术协会", "科协")

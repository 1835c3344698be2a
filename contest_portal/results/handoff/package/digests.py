"""The hashes by which two sides see that they mean the same entry, the same list. Pure."""

from __future__ import annotations

import hashlib
import json

from contest_portal.contests.rules_codec import encode
from contest_portal.results.handoff.package.content import Content, EntryPart


def entry_digest(entry: EntryPart, content: Content) -> str:
    """The hash of an entry with the people in it: two of one number with one digest are the same."""
    people = {one.key: one for one in content.people}
    named = [people[key] for key in (*(author.person for author in entry.authors), *entry.tutors)]
    schools = {one.key: one.name for one in content.schools}
    document = {"entry": encode(entry), "people": encode(named), "school": schools[entry.school]}
    # Where in the package a file lies says nothing of the entry.
    document["entry"]["files"] = sorted((one.slot, one.name, one.sha256) for one in entry.files)
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def list_digest(numbers: tuple[str, ...]) -> str:
    """The hash of an approved list: its entries' numbers, a line each, in its order."""
    return hashlib.sha256("".join(f"{number}\n" for number in numbers).encode()).hexdigest()

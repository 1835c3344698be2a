"""The list of what is missing or wrong, as pages show it."""

from __future__ import annotations

from collections.abc import Iterable

from contest_portal.core.i18n import translate
from contest_portal.core.navigation import link_to
from contest_portal.entries.checks import Finding
from contest_portal.entries.models import Entry

# Rules that say no more than the finding's own sentence.
_BARE_RULES = frozenset(
    {"%(label)s必须填写", "%(label)s必须选择", "%(label)s是必交材料", "请在「%(label)s」中选择「是」或「否」"}
)


def checklist_of(entry: Entry, findings: Iterable[Finding], page: str = "") -> list[dict[str, str]]:
    """A line a finding: the sentence, the rule where it says more, a link to the field on `page` (this page when
    empty), and whether it stands in the way of submission (`severity`)."""
    return [
        {
            "message": translate(finding.message),
            "rule": "" if finding.rule.source in _BARE_RULES else translate(finding.rule),
            "url": _consent_page(entry, finding) or f"{page}#{finding.anchor}",
            "severity": finding.severity,
        }
        for finding in findings
    ]


def _consent_page(entry: Entry, finding: Finding) -> str:
    """Where a missing consent is recorded, for the own school's pupils."""
    place = finding.anchor.removeprefix("authors-")
    if finding.code != "consent-missing" or not place.isdecimal() or int(place) > len(entry.authors):
        return ""
    student = entry.authors[int(place) - 1].student
    if student is None or student.school_id != entry.school_id:
        return ""
    return link_to("people.record_consent", student_id=student.id)


def slot_notes(findings: Iterable[Finding], slot: str) -> list[str]:
    """What a slot's files are warned of, though they were taken."""
    return [translate(one.message) for one in findings if one.severity == "warning" and one.anchor == f"slot-{slot}"]

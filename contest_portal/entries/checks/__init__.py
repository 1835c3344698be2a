"""Everything that is missing or wrong in an entry, by its category's rules. Pure: facts in, findings out."""

from __future__ import annotations

from contest_portal.entries.checks.eligibility import full_years, stage_group_of
from contest_portal.entries.checks.facts import AuthorFacts, EntryFacts, FileFacts, TutorFacts
from contest_portal.entries.checks.files import file_findings, is_required, slot_findings
from contest_portal.entries.checks.findings import Finding
from contest_portal.entries.checks.people import (
    age_findings,
    author_findings,
    limit_findings,
    stage_findings,
    team_findings,
    tutor_findings,
)
from contest_portal.entries.checks.quota import quota_findings
from contest_portal.entries.checks.texts import completion_findings, discipline_findings, field_findings, text_findings

__all__ = [
    "AuthorFacts",
    "EntryFacts",
    "FileFacts",
    "Finding",
    "TutorFacts",
    "can_be_submitted",
    "check_entry",
    "file_findings",
    "full_years",
    "is_required",
    "stage_group_of",
]

# In the order of the form, so that the list reads from top to bottom of the page.
_CHECKS = (
    text_findings,
    stage_findings,
    discipline_findings,
    completion_findings,
    author_findings,
    team_findings,
    age_findings,
    limit_findings,
    tutor_findings,
    field_findings,
    slot_findings,
    quota_findings,
)


def check_entry(facts: EntryFacts) -> list[Finding]:
    """All findings on an entry, in the order of the form; empty when it can be submitted as it is."""
    return [finding for check in _CHECKS for finding in check(facts)]


def can_be_submitted(findings: list[Finding]) -> bool:
    """Whether nothing among the findings stands in the way of submission."""
    return all(finding.severity != "error" for finding in findings)

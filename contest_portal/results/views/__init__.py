"""Pages of results: lists and publications; what schools report and what the year brought."""

from contest_portal.results import award_models, certificate_models, handoff_models  # noqa: F401 - their tables belong to the room
from contest_portal.results.views import (
    certificate_templates,
    certificates,
    decisions,
    handoff,
    handoff_keys,
    handoffs,
    objection_remedies,
    objection_statements,
    objections,
    objections_public,
    own_certificates,
    participation,
    public,
    publication_terms,
    publications,
    quotas,
    recommendation,
    reconciliation,
    shortlists,
    verification,
    year_records,
)
from contest_portal.results.views.blueprint import bp

__all__ = [
    "certificate_templates",
    "certificates",
    "decisions",
    "handoff",
    "handoff_keys",
    "handoffs",
    "objection_remedies",
    "objection_statements",
    "objections",
    "objections_public",
    "own_certificates",
    "participation",
    "public",
    "publication_terms",
    "publications",
    "quotas",
    "recommendation",
    "reconciliation",
    "shortlists",
    "verification",
    "year_records",
]
blueprints = [bp]

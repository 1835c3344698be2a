"""The room's pages, on one blueprint."""

from contest_portal.results.awards import views as awards
from contest_portal.results.blueprint import bp
from contest_portal.results.certificates import views as certificates
from contest_portal.results.handoff import views as handoff
from contest_portal.results.lists import views as lists
from contest_portal.results.objections import views as objections
from contest_portal.results.overview import views as overview
from contest_portal.results.publishing import views as publishing
from contest_portal.results.quotas import views as quotas
from contest_portal.results.reconciliation import views as reconciliation
from contest_portal.results.records import views as records

__all__ = [
    "awards",
    "certificates",
    "handoff",
    "lists",
    "objections",
    "overview",
    "publishing",
    "quotas",
    "reconciliation",
    "records",
]
blueprints = [bp]

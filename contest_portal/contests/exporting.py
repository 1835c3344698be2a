"""A contest's rules as a template file, so that offices can share them."""

from __future__ import annotations

from contest_portal.contests.models import Contest
from contest_portal.contests.services.editing import dates_of
from contest_portal.contests.template_file import ContestTemplate
from contest_portal.contests.template_text import template_text, timetable_steps, title_pattern


def exported_template(contest: Contest) -> tuple[str, str]:
    """(code, TOML text) of the contest's rules; `template_file.parse_template` reads the text back.

    The contest's office and categories must be loaded.
    """
    code = f"{contest.number_prefix.lower()}-{contest.year}-{contest.id}"
    template = ContestTemplate(
        code=code,
        version="1",
        name=contest.name,
        title=title_pattern(contest.name, contest.year, contest.office.region_name),
        year=contest.year,
        number_prefix=contest.number_prefix,
        return_reasons=tuple(contest.return_reasons),
        timetable=timetable_steps(dates_of(contest).days),
        categories=tuple(category.rules for category in contest.categories),
        number_pattern=contest.number_pattern,
    )
    return code, template_text(template)

"""The checks on how many entries a school may submit, in a category and in all."""

from __future__ import annotations

from collections.abc import Iterator

from contest_portal.core.text import N_, Message
from contest_portal.entries.checks.facts import EntryFacts
from contest_portal.entries.checks.findings import Finding, error


def quota_findings(facts: EntryFacts) -> Iterator[Finding]:
    """This entry still has a place within the school's quota of the category, and within its total of the contest."""
    yield from _of_category(facts)
    total = facts.school_total
    if total is not None and facts.school_total_used + 1 > total:
        rule = Message.of(N_("每校各类别合计最多申报 %(limit)s 件"), limit=total)
        words = N_("本校各类别合计已提交 %(used)s 件，最多 %(limit)s 件，不能再提交；可撤回其他作品后再提交")
        yield error("school-total", "entry", rule, Message.of(words, used=facts.school_total_used, limit=total))


def _of_category(facts: EntryFacts) -> Iterator[Finding]:
    quota = facts.rules.school_quota
    if quota is None:
        return
    own = facts.school_allowance
    limit = quota.count_for(facts.school_class) if own is None else own
    if facts.school_quota_used + 1 > limit:
        measure = facts.rules.measure
        words = (
            N_("每校最多申报 %(limit)s %(measure)s")
            if own is None
            else N_("主办单位给本校的名额是 %(limit)s %(measure)s")
        )
        rule = Message.of(words, limit=limit, measure=measure)
        message = Message.of(
            N_("本校已提交 %(used)s %(measure)s，名额 %(limit)s %(measure)s已用完"),
            used=facts.school_quota_used,
            limit=limit,
            measure=measure,
        )
        yield error("school-quota", "entry", rule, message)

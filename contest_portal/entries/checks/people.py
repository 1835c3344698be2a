"""Checks on authors and tutors: who may enter, how many, together with whom, how old and how often."""

from __future__ import annotations

from collections.abc import Iterator

from contest_portal.contests.rules import AgeRule, PersonLimit
from contest_portal.core.text import N_, Message
from contest_portal.entries.checks.eligibility import full_years, stage_group_of
from contest_portal.entries.checks.facts import AuthorFacts, EntryFacts
from contest_portal.entries.checks.findings import Finding, error

SHARES_SUM = 100


def author_findings(facts: EntryFacts) -> Iterator[Finding]:
    """The authors' kind and number, one first author, nobody twice, the list as it was at the deadline."""
    rules, authors = facts.rules, facts.authors
    wanted = "teacher" if rules.applicant_kind == "teacher" else "student"
    for position, author in enumerate(authors, start=1):
        if rules.applicant_kind != "group" and author.kind != wanted:
            rule = Message.of(N_("这一类别的作者应为教师") if wanted == "teacher" else N_("这一类别的作者应为学生"))
            is_student = Message.of(N_("%(name)s是学生，不能作为作者"), name=author.name)
            is_teacher = Message.of(N_("%(name)s是教师，不能作为作者"), name=author.name)
            message = is_student if author.kind == "student" else is_teacher
            yield error("author-kind", f"authors-{position}", rule, message)
        if author.person_key in [earlier.person_key for earlier in authors[: position - 1]]:
            rule = Message.of(N_("同一人在作者中只写一次"))
            yield error(
                "author-twice",
                f"authors-{position}",
                rule,
                Message.of(N_("%(name)s在作者中写了不止一次，请删去重复的"), name=author.name),
            )
    yield from _author_number(facts)
    yield from _first_author(facts)
    yield from _fixed_authors(facts)


def _fixed_authors(facts: EntryFacts) -> Iterator[Finding]:
    before = facts.authors_at_deadline
    if not facts.rules.authors.fixed_after_deadline or before is None:
        return
    if {author.person_key for author in facts.authors} != set(before):
        rule = Message.of(N_("申报截止后，作者名单不再变更"))
        message = Message.of(N_("作者名单与截止时的 %(count)s 名作者不一致，请改回"), count=len(before))
        yield error("authors-fixed", "authors", rule, message)


def _author_number(facts: EntryFacts) -> Iterator[Finding]:
    limits, count = facts.rules.authors, len(facts.authors)
    if facts.rules.applicant_kind == "group":
        rule = Message.of(N_("以群体名义申报，不列个人作者"))
        if count:
            yield error(
                "authors-in-group", "authors", rule, Message.of(N_("现在列了 %(count)s 名作者，请删去"), count=count)
            )
        return
    if limits.minimum == limits.maximum:
        rule = Message.of(N_("作者应为 %(limit)s 名"), limit=limits.maximum)
    else:
        rule = Message.of(N_("作者为 %(low)s 至 %(high)s 名"), low=limits.minimum, high=limits.maximum)
    if count == 0 < limits.minimum:
        yield error("authors-missing", "authors", rule, Message.of(N_("还没有填写作者")))
    elif count < limits.minimum:
        message = Message.of(N_("现在是 %(count)s 名作者，至少要 %(limit)s 名"), count=count, limit=limits.minimum)
        yield error("authors-too-few", "authors", rule, message)
    elif count > limits.maximum:
        message = Message.of(N_("现在是 %(count)s 名作者，最多 %(limit)s 名"), count=count, limit=limits.maximum)
        yield error("authors-too-many", "authors", rule, message)


def _first_author(facts: EntryFacts) -> Iterator[Finding]:
    marked = sum(author.is_first for author in facts.authors)
    rule = Message.of(N_("第一作者只能有一名"))
    if marked > 1:
        message = Message.of(N_("第一作者只能有一名，现在标了 %(count)s 名"), count=marked)
        yield error("first-author-twice", "authors", rule, message)
    # A single author is the first one, marked or not.
    if facts.rules.authors.first_required and facts.is_team and not marked:
        rule = Message.of(N_("集体项目须标明一名第一作者"))
        yield error("first-author-missing", "authors", rule, Message.of(N_("还没有标明第一作者")))


def team_findings(facts: EntryFacts) -> Iterator[Finding]:
    """What holds a team together: one stage group, one county, shares of the work that sum to 100 percent."""
    rules = facts.rules
    if not facts.is_team or rules.applicant_kind == "group":
        return
    if rules.authors.same_stage:
        groups = {stage_group_of(rules, (author.stage,)): None for author in facts.authors if author.stage}
        names = [group.name for group in rules.stage_groups if group in groups]
        if len(names) > 1:
            rule = Message.of(N_("集体项目的作者应在同一学段"))
            message = Message.of(N_("现在的作者分属%(groups)s"), groups="、".join(names))
            yield error("team-stage", "authors", rule, message)
    if rules.authors.same_county:
        counties = {author.county_key for author in facts.authors if author.county_key is not None}
        if len(counties) > 1:
            rule = Message.of(N_("集体项目的作者应在同一市、县（区）"))
            message = Message.of(N_("现在的作者来自 %(count)s 个市、县（区）的学校"), count=len(counties))
            yield error("team-county", "authors", rule, message)
    if rules.authors.shares_required:
        yield from _shares(facts)


def _shares(facts: EntryFacts) -> Iterator[Finding]:
    rule = Message.of(N_("集体项目须写明每名作者承担工作的比例，合计 %(sum)s%%"), sum=SHARES_SUM)
    stated = [author.share_percent for author in facts.authors]
    for position, author in enumerate(facts.authors, start=1):
        if author.share_percent is None:
            message = Message.of(N_("还没有填写%(name)s承担工作的比例"), name=author.name)
            yield error("share-missing", f"authors-{position}-share", rule, message)
        elif not 0 < author.share_percent <= SHARES_SUM:
            message = Message.of(
                N_("%(name)s的比例是 %(measured)s%%，应大于 0%%、不超过 %(sum)s%%"),
                name=author.name,
                measured=f"{author.share_percent:.6g}",
                sum=SHARES_SUM,
            )
            yield error("share-out-of-range", f"authors-{position}-share", rule, message)
    total = sum(share for share in stated if share is not None)
    if None not in stated and abs(total - SHARES_SUM) > 0.005:
        message = Message.of(
            N_("各作者的比例合计 %(measured)s%%，应为 %(sum)s%%"), measured=f"{total:.6g}", sum=SHARES_SUM
        )
        yield error("shares-sum", "authors", rule, message)


def stage_findings(facts: EntryFacts) -> Iterator[Finding]:
    """A stage group of the category that agrees with the authors' stages."""
    rules = facts.rules
    rule = Message.of(N_("本类别的组别：%(groups)s"), groups="、".join(group.name for group in rules.stage_groups))
    fits = {stage for group in rules.stage_groups for stage in group.stages}
    if rules.applicant_kind != "teacher":
        for position, author in enumerate(facts.authors, start=1):
            if author.kind == "student" and author.stage not in fits:
                missing = Message.of(N_("名册中没有%(name)s的学段，请在名册中补上年级"), name=author.name)
                outside = Message.of(
                    N_("%(name)s的学段是「%(stage)s」，不在本类别的组别内"), name=author.name, stage=author.stage
                )
                message = outside if author.stage else missing
                yield error("author-stage", f"authors-{position}", rule, message)
    derived = stage_group_of(rules, (author.stage for author in facts.authors))
    if facts.stage_group is None:
        if derived is None and not facts.authors:
            yield error("stage-missing", "stage", rule, Message.of(N_("还没有选择学段")))
        return
    chosen = rules.stage_group(facts.stage_group)
    if chosen is None:
        message = Message.of(N_("组别「%(code)s」不在本类别的组别内，请重新选择"), code=facts.stage_group)
        yield error("stage-unknown", "stage", rule, message)
    elif derived and facts.authors and chosen != derived:
        message = Message.of(
            N_("按作者的学段应在「%(wanted)s」组，现在选的是「%(chosen)s」组"), wanted=derived.name, chosen=chosen.name
        )
        yield error("stage-differs", "stage", Message.of(N_("组别按作者的学段确定")), message)


def age_findings(facts: EntryFacts) -> Iterator[Finding]:
    """Each author's age on the rule's day, and a guardian's consent for the younger ones."""
    age, consent_under = facts.rules.age, facts.rules.consent_under_age
    for position, author in enumerate(facts.authors, start=1):
        anchor = f"authors-{position}"
        if author.kind != "student":
            continue
        if author.birth_on is None:
            if age or (consent_under and not author.consent_recorded):
                rule = Message.of(N_("学生作者须有出生日期，用来核对年龄"))
                message = Message.of(N_("名册中没有%(name)s的出生日期，请补上"), name=author.name)
                yield error("birth-missing", anchor, rule, message)
            continue
        if age:
            yield from _age(facts, age, author, anchor)
        years = full_years(author.birth_on, facts.today_on)
        if consent_under and years < consent_under and not author.consent_recorded:
            rule = Message.of(N_("未满 %(limit)s 周岁的学生须有监护人同意的记录"), limit=consent_under)
            message = Message.of(
                N_("%(name)s今天 %(years)s 周岁，还没有监护人同意的记录"), name=author.name, years=years
            )
            yield error("consent-missing", anchor, rule, message)


def _age(facts: EntryFacts, age: AgeRule, author: AuthorFacts, anchor: str) -> Iterator[Finding]:
    on = age.on or facts.submission_deadline_on
    assert author.birth_on is not None
    years = full_years(author.birth_on, on)
    rule = _age_rule(age, on)
    if age.min_years is not None and years < age.min_years:
        message = Message.of(
            N_("%(name)s到 %(on)s 是 %(years)s 周岁，未满 %(limit)s 周岁"),
            name=author.name,
            on=on,
            years=years,
            limit=age.min_years,
        )
        yield error("author-too-young", anchor, rule, message)
    elif age.max_years is not None and years > age.max_years:
        message = Message.of(
            N_("%(name)s到 %(on)s 已满 %(years)s 周岁，超过 %(limit)s 周岁"),
            name=author.name,
            on=on,
            years=years,
            limit=age.max_years,
        )
        yield error("author-too-old", anchor, rule, message)


def _age_rule(age: AgeRule, on: object) -> Message:
    if age.min_years is None:
        return Message.of(N_("到 %(on)s，作者不超过 %(high)s 周岁"), on=on, high=age.max_years)
    if age.max_years is None:
        return Message.of(N_("到 %(on)s，作者应满 %(low)s 周岁"), on=on, low=age.min_years)
    return Message.of(N_("到 %(on)s，作者应为 %(low)s 至 %(high)s 周岁"), on=on, low=age.min_years, high=age.max_years)


def limit_findings(facts: EntryFacts) -> Iterator[Finding]:
    """How many entries of the edition each author is in already, over all schools and the limit's categories."""
    for limit in facts.rules.limits:
        for position, author in enumerate(facts.authors, start=1):
            others = author.other_claims.get(limit.key, 0)
            if author.kind == limit.whom and others + 1 > limit.count:
                message = Message.of(
                    N_("%(name)s本届已申报 %(count)s 项，加上本项超过限额 %(limit)s 项"),
                    name=author.name,
                    count=others,
                    limit=limit.count,
                )
                yield error("person-limit", f"authors-{position}", _limit_rule(limit), message)


def _limit_rule(limit: PersonLimit) -> Message:
    source = (
        N_("每名学生每届最多申报 %(limit)s 项%(label)s")
        if limit.whom == "student"
        else N_("每名教师每届最多申报 %(limit)s 项%(label)s")
    )
    return Message.of(source, limit=limit.count, label=limit.label)


def tutor_findings(facts: EntryFacts) -> Iterator[Finding]:
    """The tutors' number, nobody twice, nobody who is an author too."""
    limits, count = facts.rules.tutors, len(facts.tutors)
    label = limits.label
    if limits.maximum == 0:
        rule = Message.of(N_("这一类别不填%(label)s"), label=label)
    elif limits.minimum:
        rule = Message.of(
            N_("%(label)s为 %(low)s 至 %(high)s 名"), label=label, low=limits.minimum, high=limits.maximum
        )
    else:
        rule = Message.of(N_("%(label)s不超过 %(high)s 名"), label=label, high=limits.maximum)
    if count > limits.maximum:
        message = Message.of(
            N_("现在是 %(count)s 名%(label)s，最多 %(limit)s 名"), count=count, label=label, limit=limits.maximum
        )
        yield error("tutors-too-many", "tutors", rule, message)
    elif count < limits.minimum:
        message = Message.of(
            N_("现在是 %(count)s 名%(label)s，至少要 %(limit)s 名"), count=count, label=label, limit=limits.minimum
        )
        yield error("tutors-too-few", "tutors", rule, message)
    authors = {author.person_key for author in facts.authors}
    for position, tutor in enumerate(facts.tutors, start=1):
        anchor = f"tutors-{position}"
        if tutor.person_key in [earlier.person_key for earlier in facts.tutors[: position - 1]]:
            once = Message.of(N_("同一人在%(label)s中只写一次"), label=label)
            message = Message.of(N_("%(name)s写了不止一次，请删去重复的"), name=tutor.name)
            yield error("tutor-twice", anchor, once, message)
        if tutor.person_key in authors:
            apart = Message.of(N_("作者不能同时是本作品的%(label)s"), label=label)
            message = Message.of(N_("%(name)s同时是作者，请删去一处"), name=tutor.name)
            yield error("tutor-is-author", anchor, apart, message)

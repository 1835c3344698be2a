"""How a contest's certificates look, what they are numbered and dated by, the font they borrow."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, FieldProblem, Invalid, Stale
from contest_portal.core.storage import storage
from contest_portal.core.text import N_, Message
from contest_portal.media.services.receiving import Received, remember
from contest_portal.results.certificates.fonts import read_own_font
from contest_portal.results.certificates.layout import KINDS, Layout, layout_problems
from contest_portal.results.certificates.models import Certificate, CertificateSettings, CertificateTemplate
from contest_portal.results.certificates.numbers import pattern_problem
from contest_portal.results.certificates.queries import given as queries
from contest_portal.results.certificates.services.settings import own_settings, pattern_taken

PICTURES = ("background", "seal", "signature")
LONGEST_ISSUER, LONGEST_AWARD = 60, 30


@dataclass(frozen=True)
class Pictures:
    """New pictures of a template by name, and the names of those to be taken away."""

    new: dict[str, Received] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()


def save_template(
    actor: Actor,
    contest_id: int,
    kind: str,
    award: str,
    layout: Layout,
    seen_version: int,
    pictures: Pictures = Pictures(),
) -> CertificateTemplate:
    """Save how certificates of `kind` look, for one award or ("") for all without one of their own.

    Raises Invalid with everything that keeps the layout from being used; Stale where somebody saved it meanwhile.
    """
    name = award.strip()
    if kind not in KINDS or len(name) > LONGEST_AWARD:
        raise Invalid("results.no_award", N_("请写明是哪个奖项的证书，最多 30 个字。"), field="award")
    with unit_of_work(actor, "results.save_certificate_template") as work:
        contest = locked(Contest, contest_id)
        has_font = queries.choices_of(queries.contest_of(contest_id)).font_file_sha256 is not None
        if problems := layout_problems(layout, has_own_font=has_font):
            raise Invalid("results.layout", problems[0], problems=[FieldProblem("", one) for one in problems])
        row = _template(work, contest.id, kind, name)
        if row is None:
            row = CertificateTemplate(contest_id=contest.id, kind=kind, award=name, version=0)
            work.session.add(row)
        if row.version != seen_version:
            raise Stale
        row.layout, row.version = layout.to_dict(), row.version + 1
        row.saved_by, row.saved_at = actor.account_id, now()
        for part in PICTURES:
            if part in pictures.new:
                setattr(row, f"{part}_file_sha256", remember(work, pictures.new[part]).sha256)
            elif part in pictures.removed:
                setattr(row, f"{part}_file_sha256", None)
        work.session.flush()
        work.record(row, after={"kind": kind, "award": name, "version": row.version})
    return row


def remove_template(actor: Actor, template_id: int) -> None:
    """The award goes back to the template for all awards, or the kind to the one that comes with the program."""
    with unit_of_work(actor, "results.remove_certificate_template") as work:
        row = locked(CertificateTemplate, template_id)
        work.record(row, before={"kind": row.kind, "award": row.award, "contest_id": row.contest_id})
        work.session.delete(row)


def copy_from(actor: Actor, contest_id: int, source_id: int) -> int:
    """Take over looks, numbering and font of another contest of the office. Gives how many templates came.

    Templates that the contest has already stay as they are. Raises Conflict where there is nothing to take over.
    """
    with unit_of_work(actor, "results.copy_certificate_templates") as work:
        contest, source = locked(Contest, contest_id), found(Contest, source_id)
        if source.office_id != contest.office_id or source.id == contest.id:
            raise Conflict("results.other_office", N_("只能沿用本单位另一届赛事的模板。"))
        known = {(row.kind, row.award) for row in queries.templates_of(contest_id)}
        copied = [row for row in queries.templates_of(source_id) if (row.kind, row.award) not in known]
        for row in copied:
            work.session.add(
                CertificateTemplate(
                    contest_id=contest.id,
                    kind=row.kind,
                    award=row.award,
                    layout=row.layout,
                    background_file_sha256=row.background_file_sha256,
                    seal_file_sha256=row.seal_file_sha256,
                    signature_file_sha256=row.signature_file_sha256,
                    saved_by=actor.account_id,
                    saved_at=now(),
                )
            )
        took_choices = _copy_choices(work, contest, source)
        if not copied and not took_choices:
            raise Conflict("results.nothing_to_copy", N_("那一届没有可以沿用的内容，或者都已沿用过。"))
        work.record(("contest", contest.id), after={"from": source.id, "templates": len(copied)})
    return len(copied)


def save_choices(
    actor: Actor,
    contest_id: int,
    seen_version: int,
    *,
    number_pattern: str,
    issuer: str,
    dated_on: date | None,
    is_one_each: bool,
) -> CertificateSettings:
    """Save numbering, who signs at the foot, the printed day. Certificates that were given stay as they are."""
    pattern, name = number_pattern.strip(), issuer.strip()
    problems = []
    if wrong := pattern_problem(pattern):
        problems.append(FieldProblem("number_pattern", wrong))
    if not name or len(name) > LONGEST_ISSUER:
        problems.append(
            FieldProblem("issuer", Message.of(N_("请填写颁发单位，最多 %(limit)s 个字。"), limit=LONGEST_ISSUER))
        )
    if problems:
        raise Invalid("results.certificate_choices", problems[0].message, problems=problems)
    with unit_of_work(actor, "results.save_certificate_choices") as work:
        locked(Contest, contest_id)
        contest = queries.contest_of(contest_id)
        if (other := pattern_taken(work, contest, pattern)) is not None:
            source = N_("「%(contest)s」的证书已经用了同样的编号，请改一改。")
            raise Invalid("results.pattern_taken", Message.of(source, contest=other.name), field="number_pattern")
        row = own_settings(work, contest)
        if row.version != seen_version:
            raise Stale
        if row.is_one_each != is_one_each and row.version and _has_valid(work, contest_id):
            source = N_("已经颁发过证书，不能再改「每位作者一张」。需要改的，请先撤销已颁发的证书。")
            raise Conflict("results.issued_each", source)
        row.number_pattern, row.issuer, row.dated_on, row.is_one_each = pattern, name, dated_on, is_one_each
        row.version += 1
        work.session.flush()
        work.record(
            row, after={"pattern": pattern, "issuer": name, "dated_on": str(dated_on or ""), "each": is_one_each}
        )
    return row


def use_font(actor: Actor, contest_id: int, sha256: str, file_name: str) -> CertificateSettings:
    """Print with a font of the office's own, which the storage holds; it also stands in for characters that others lack.

    Raises Invalid for what is no font.
    """
    with storage().local_copy(sha256) as path:
        family = read_own_font(path)
    with unit_of_work(actor, "results.use_certificate_font") as work:
        locked(Contest, contest_id)
        row = own_settings(work, queries.contest_of(contest_id))
        row.font_file_sha256, row.font_family, row.font_name = sha256, family, file_name[:200]
        row.version += 1
        work.session.flush()
        work.record(row, after={"font": family, "sha256": sha256})
    return row


def drop_font(actor: Actor, contest_id: int) -> None:
    """Print without the office's own font. Raises Conflict while a template asks for it."""
    with unit_of_work(actor, "results.drop_certificate_font") as work:
        locked(Contest, contest_id)
        row = own_settings(work, queries.contest_of(contest_id))
        looks = queries.looks_of(contest_id).values()
        if any(box.font == "own" for look in looks for box in look.layout.texts):
            raise Conflict("results.font_used", N_("还有模板在用自备字体。请先在模板里改用别的字体。"))
        row.font_file_sha256, row.font_family, row.font_name = None, "", ""
        row.version += 1
        work.session.flush()
        work.record(row, after={"font": ""})


def _template(work: Work, contest_id: int, kind: str, award: str) -> CertificateTemplate | None:
    return work.session.scalar(
        select(CertificateTemplate).where(
            CertificateTemplate.contest_id == contest_id,
            CertificateTemplate.kind == kind,
            CertificateTemplate.award == award,
        )
    )


def _copy_choices(work: Work, contest: Contest, source: Contest) -> bool:
    """The other contest's numbering and font, where this one has chosen nothing yet."""
    chosen = select(CertificateSettings).where(CertificateSettings.contest_id == source.id)
    theirs = work.session.scalar(chosen)
    own = own_settings(work, queries.contest_of(contest.id))
    if theirs is None or own.version:
        return False
    own.number_pattern, own.issuer, own.is_one_each = theirs.number_pattern, theirs.issuer, theirs.is_one_each
    own.font_file_sha256, own.font_family, own.font_name = theirs.font_file_sha256, theirs.font_family, theirs.font_name
    own.version = 1
    return True


def _has_valid(work: Work, contest_id: int) -> bool:
    valid = select(Certificate.id).where(Certificate.contest_id == contest_id, Certificate.state == "valid").limit(1)
    return work.session.scalar(valid) is not None

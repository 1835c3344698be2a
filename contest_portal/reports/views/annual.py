"""The pages of the year: 年度总结 and its parts, years beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.actor import OFFICE_ROLES
from contest_portal.core.clock import today
from contest_portal.core.downloads import pdf_response, word_response, workbook_response
from contest_portal.core.errors import DomainError, NotFound
from contest_portal.core.forms import typed_number
from contest_portal.core.i18n import translate
from contest_portal.core.list_documents import list_pdf, list_workbook
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.word_documents import list_docx
from contest_portal.reports import parts, queries, services
from contest_portal.reports.annual import inconsistencies
from contest_portal.reports.documents import summary_document
from contest_portal.reports.forms import PartForm
from contest_portal.reports.office_words import named_school_ids
from contest_portal.reports.parts import Number, Part
from contest_portal.reports.summary import Summary, summary_of
from contest_portal.reports.trends import WORDS, change, five_years, from_the_first, trend, year_totals
from contest_portal.reports.views.blueprint import MAX_YEAR, MIN_YEAR, bp
from contest_portal.results.records.queries.year import school_choices

add_item(
    _l("统计"),
    _l("年度总结"),
    "reports.newest",
    icon="bar-chart",
    roles=sorted(OFFICE_ROLES),
    order=900,
    also_active_in=["reports."],
)


@bp.get("/office/summary")
@permission("reports.annual")
def newest() -> Response:
    """The newest year that has a contest."""
    years = queries.years_of(current_actor().office_id or 0)
    return redirect(url_for("reports.annual", year=years[0] if years else today().year))  # type: ignore[return-value]


@bp.get("/office/summary/<int:year>")
@permission("reports.annual")
def annual(year: int) -> Response:
    """The year's numbers, its sentence, its pictures."""
    office_id = current_actor().office_id or 0
    numbers = queries.annual_numbers(queries.office_by_id(office_id), year)
    summary = summary_of(numbers)
    return render_page(
        "reports/annual.html",
        numbers=numbers,
        summary=summary,
        parts=[_shown(summary, part) for part in summary.parts],
        year=year,
        years=queries.years_of(office_id),
        warnings=[translate(problem) for problem in inconsistencies(numbers.main.categories)] if numbers.main else [],
    )


@bp.get("/office/summary/<int:year>/schools")
@permission("reports.name_schools")
def schools_to_name(year: int) -> Response:
    """The office's schools, to choose from."""
    office_id = current_actor().office_id or 0
    return render_page(
        "reports/schools.html",
        year=year,
        schools=school_choices(office_id),
        named_ids=named_school_ids(office_id, year),
    )


@bp.post("/office/summary/<int:year>/schools")
@permission("reports.name_schools")
def name_schools(year: int) -> Response:
    """Choose the schools that the summary names."""
    typed = (typed_number(value) for value in request.form.getlist("schools"))
    chosen = [one for one in typed if one is not None]
    actor = current_actor()
    try:
        services.name_schools(actor, actor.office_id or 0, year, chosen)
    except DomainError as error:
        flash(translate(error.message), "danger")
    else:
        flash(_("已保存。"), "success")
    return redirect(url_for("reports.annual", year=year))  # type: ignore[return-value]


@dataclass(frozen=True)
class ShownPart:
    """A part as its page shows it: pieces of (text, address of the records, computed value, why it is not that)."""

    code: str
    title: str
    pieces: Sequence[tuple[str, str, str, str | None]]
    is_own: bool


def _shown(summary: Summary, part: Part) -> ShownPart:
    own = summary.own[part.code]
    pieces = [
        (piece.text, _address(piece.number), piece.number.value if piece.number else "", piece.own_why)
        for piece in parts.pieces(part, own)
    ]
    return ShownPart(part.code, translate(parts.TITLES[part.code]), pieces, own.text is not None)


def _address(number: Number | None) -> str:
    return url_for(number.records.endpoint, **number.records.params) if number and number.records else ""


@bp.route("/office/summary/<int:year>/parts/<code>", methods=["GET", "POST"])
@permission("reports.write_part")
def write_part(year: int, code: str) -> Response:
    """Write one part oneself, or state a number otherwise than the records give it."""
    actor = current_actor()
    summary = summary_of(queries.annual_numbers(queries.office_by_id(actor.office_id or 0), year))
    part = summary.part(code)
    form = PartForm() if request.method == "POST" else _part_form(summary, part)
    if form.validate_on_submit():
        try:
            services.write_part(actor, actor.office_id or 0, year, part, form.own(), form.seen_version)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已保存。"), "success")
            return redirect(url_for("reports.annual", year=year, _anchor=code))  # type: ignore[return-value]
    return render_page(
        "reports/part.html",
        status=422 if form.errors else 200,
        year=year,
        form=form,
        title=translate(parts.TITLES[part.code]),
        default_text=part.text,
        changed=len(summary.own[code].numbers),
        computed={number.key: number.value for number in part.numbers},
        addresses={number.key: _address(number) for number in part.numbers},
    )


def _part_form(summary: Summary, part: Part) -> PartForm:
    own = summary.own[part.code]
    rows = [
        {
            "key": number.key,
            "value": own.numbers.get(number.key, ("", ""))[0],
            "why": own.numbers.get(number.key, ("", ""))[1],
        }
        for number in part.numbers
    ]
    text = part.text if own.text is None else own.text
    return PartForm(formdata=None, data={"text": text, "numbers": rows, "version": summary.versions[part.code]})


@bp.get("/office/summary/<int:year>/export/<kind>")
@permission("reports.annual")
def export_summary(year: int, kind: str) -> Response:
    """The summary as a document: docx, pdf or xlsx."""
    office = queries.office_by_id(current_actor().office_id or 0)
    numbers = queries.annual_numbers(office, year)
    document = summary_document(numbers, summary_of(numbers), from_the_first(year_totals(office.id, five_years(year))))
    name = _("%(year)s年度总结", year=year)
    if kind == "docx":
        return word_response(list_docx(document), f"{name}.docx")
    if kind == "pdf":
        return pdf_response(list_pdf(document), f"{name}.pdf")
    if kind == "xlsx":
        return workbook_response(list_workbook(document), f"{name}.xlsx")
    raise NotFound


@bp.get("/office/summary/<int:year>/years")
@permission("reports.annual")
def years_compared(year: int) -> Response:
    """The year beside another, and five years as lines."""
    office_id = current_actor().office_id or 0
    asked = typed_number(request.args.get("with")) or year - 1
    other = asked if MIN_YEAR <= asked <= MAX_YEAR else year - 1
    shown = five_years(year)
    totals = {one.year: one for one in year_totals(office_id, sorted({*shown, other}))}
    before, now = totals[other], totals[year]
    five = from_the_first([totals[one] for one in shown])
    return render_page(
        "reports/years.html",
        year=year,
        other=other,
        choices=[one for one in sorted({*queries.years_of(office_id), other}, reverse=True) if one != year],
        rows=[
            (translate(word), before.value(name), now.value(name), change(before.value(name), now.value(name)))
            for name, word in WORDS.items()
        ],
        pictures=[
            picture
            for names, title in (
                (("collected", "recommended"), _("征集与推荐")),
                (("participants", "visits"), _("参加赛事与到场的人次")),
            )
            if (picture := trend(five, names, title))
        ],
    )

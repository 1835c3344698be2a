"""评审方案测算: what a way of judging would find, before the contest."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import redirect, request, url_for
from werkzeug.datastructures import MultiDict

from contest_portal.core.errors import Invalid
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.judging.forms.simulation import SimulationForm
from contest_portal.judging.models import Round
from contest_portal.judging.queries import rounds as round_queries
from contest_portal.judging.queries import simulation as queries
from contest_portal.judging.recall_picture import recall_picture, recall_sentences
from contest_portal.judging.services.simulation import ask_for_simulation, digest_of, seconds_for, too_large
from contest_portal.judging.simulation import faults
from contest_portal.judging.views.blueprint import bp

AnyResponse = Any


@bp.get("/office/simulation")
@permission("judging.list")
def simulation() -> AnyResponse:
    """The form; with figures in the address, what was found for them, or how far it has come."""
    form = SimulationForm(request.args if "entries" in request.args else None)
    return _page(form)


@bp.post("/office/simulation")
@permission("judging.list")
def ask_simulation() -> AnyResponse:
    """Have it worked out; the page that shows it has the figures in its address."""
    form = SimulationForm(MultiDict(request.form))
    if not form.validate():
        return _page(form)
    try:
        ask_for_simulation(current_actor(), form.design())
    except Invalid as error:
        form.show(error)
        return _page(form)
    return redirect(_address(form.as_words()))


@bp.get("/office/rounds/<int:round_id>/simulation")
@permission("judging.see_round", of=round_queries.round_by_id)
def simulate_round(row: Round) -> AnyResponse:
    """The form with the figures of a round."""
    works, judges = queries.size_of(row)
    wanted = sum(place for one in row.categories for place in one.wanted.values() if isinstance(place, int))
    form = SimulationForm(None)
    form.entries.data, form.judges.data = works or form.entries.data, judges or form.judges.data
    form.places.data = wanted or max(1, round(form.entries.data / 10))
    return redirect(_address(form.as_words()))


def _address(words: dict[str, str]) -> str:
    return f"{url_for('.simulation')}?{urlencode(words)}"


def _page(form: SimulationForm) -> AnyResponse:
    run = job = design = None
    asked = bool(form.errors) or "entries" in request.args
    if request.method == "GET" and asked and form.validate():
        design = form.design()
        for message in faults(design) or filter(None, [too_large(design)]):
            form.form_errors.append(translate(message))
        if not form.errors:
            run = queries.run_of(current_actor().office_id or 0, digest_of(design))
            job = queries.job_of(run.id) if run is not None and run.result is None else None
    found = run.result if run is not None else None
    return render_page(
        "judging/simulation.html",
        form=form,
        here=_address(request.args.to_dict()),
        result=found,
        picture=recall_picture(found) if found else None,
        sentences=recall_sentences(found) if found else [],
        job=job,
        minutes=round(seconds_for(design) / 60, 1) if job and design else None,
    ), (422 if form.errors and request.method == "POST" else 200)  # fmt: skip

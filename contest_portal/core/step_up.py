"""Acts before which a person who is signed in long since proves once more to be the one: an open browser is not enough.

    ACTS = {"results.publish": Act("publishing", N_("发布公示或名单"))}     # contest_portal/confirmed_acts.py, the one table

The guard of `core.permissions` asks here after it has found that the actor may, and before the view runs. A room that
knows passwords registers how it is asked (`asked_by`); it gives None when nothing has to be asked, else the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request

from contest_portal.core.actor import Actor
from contest_portal.core.database import unit_of_work

_SHOWING = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Act:
    """One act. `code`: what is said for it holds for acts of the same code alone; `name`: what is asked for, in words.

    `asks`: what has to be said and is recorded, such as the purpose or the reason; "" where the act's own form asks, or
    nothing is asked; `example`: of that, as a hint. `gives_file`: the browser gets a file for it and stays where it was.
    """

    code: str
    name: str
    asks: str = ""
    example: str = ""
    gives_file: bool = False


Asker = Callable[[Actor, Act], Any]
_askers: list[Asker] = []


def init_step_up(app: Flask, acts: Mapping[str, Act]) -> None:
    """Let `app` ask before these acts (endpoint → act). As for the second factor, tests ask only where they say so."""
    app.extensions["step_up"] = dict(acts)
    app.config["STEP_UP"] = not app.testing


def asked_by(asker: Asker) -> None:
    """Register who asks: called with the actor and the act."""
    _askers[:] = [asker]


def act_of(endpoint: str) -> Act | None:
    """The act behind this endpoint, when it is one that is asked for."""
    acts: Mapping[str, Act] = current_app.extensions["step_up"]
    return acts.get(endpoint)


def wanted_act() -> Act | None:
    """What the current request has to be confirmed for. A page that also shows its form is asked for at sending alone."""
    act = act_of(request.endpoint or "") if current_app.config["STEP_UP"] else None
    methods = request.url_rule.methods if request.url_rule else None
    shows_a_form = request.method in _SHOWING and "POST" in (methods or ())
    return None if shows_a_form else act


def first_ask(actor: Actor | None, act: Act) -> Any:
    """None when the act may go on, else what the browser gets instead.

    Taking data along by a mere link leaves no record of its own, so it is written here.
    """
    if actor is None:
        return None
    answer = _askers[0](actor, act)
    if answer is None and act.asks and request.method == "GET":
        with unit_of_work(actor, "core.take_data") as work:
            work.record(("address", None), after={"path": request.path})
    return answer


def state_purpose(purpose: str) -> None:
    """What the current request's records say as reason where its service says none."""
    g.stated_purpose = purpose

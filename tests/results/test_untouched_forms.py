"""Every form of the office's pages of results is right as it comes: saved from its own page without a change, it is taken."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal.core.clock import now
from contest_portal.results.awards.queries.lists import stored_rule
from contest_portal.results.awards.services import release
from contest_portal.results.publishing.services import publications
from tests.factories import sign_in
from tests.results.awards.test_awards import Place

pytestmark = pytest.mark.database


class Forms(HTMLParser):
    """The forms of a page that are posted: address → what a browser would send of them, untouched. Files are left out."""

    def __init__(self, page: str, own_address: str) -> None:
        super().__init__()
        self.own_address = own_address
        self.found: dict[str, list[tuple[str, str]]] = {}
        self._fields: list[tuple[str, str]] | None = None
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._textarea: tuple[str, list[str]] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name")
        if tag == "form":
            self._fields = [] if given.get("method") == "post" else None
            if self._fields is not None:
                self.found[given.get("action") or self.own_address] = self._fields
        elif self._fields is None or "disabled" in given:
            return
        elif tag == "input" and name:
            kind = given.get("type", "text")
            is_chosen = kind not in ("checkbox", "radio") or "checked" in given
            if kind not in ("submit", "file", "button") and is_chosen:
                self._fields.append((name, given.get("value") or ("on" if kind == "checkbox" else "")))
        elif tag == "select" and name:
            self._select = (name, [])
        elif tag == "option" and self._select:
            self._select[1].append((given.get("value") or "", "selected" in given))
        elif tag == "textarea" and name:
            self._textarea = (name, [])

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._textarea[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        elif tag == "select" and self._select and self._fields is not None:
            name, options = self._select
            chosen = [value for value, is_chosen in options if is_chosen] or [value for value, _one in options[:1]]
            self._fields.extend((name, value) for value in chosen)
            self._select = None
        elif tag == "textarea" and self._textarea and self._fields is not None:
            self._fields.append((self._textarea[0], "".join(self._textarea[1]).removeprefix("\n")))
            self._textarea = None


@pytest.fixture
def place(app: Flask) -> Place:
    """A contest with approved awards, a draft of their public list, and a moment of release."""
    place = Place()
    place.approved()
    publications.draft_publication(place.staff, place.contest.id, "获奖名单公示", kind="award")
    release.set_release(place.staff, place.contest.id, 0, now(), rank=True, score=False, comments=False, at_once=True)
    return place


CONTEST = "/office/contests/{contest}"
CASES = [
    ("/office/categories/{category}/awards", "/office/categories/{category}/awards/rule"),
    (f"{CONTEST}/awards/merits?kind=tutor", f"{CONTEST}/awards/merits/rule?kind=tutor"),
    (f"{CONTEST}/awards/merits?kind=school", f"{CONTEST}/awards/merits/rule?kind=school"),
    (f"{CONTEST}/awards/merits?kind=tutor", f"{CONTEST}/awards/merits?kind=tutor"),
    (f"{CONTEST}/awards/merits?kind=school", f"{CONTEST}/awards/merits?kind=school"),
    (f"{CONTEST}/release", f"{CONTEST}/release"),
    (f"{CONTEST}/publication?kind=award", f"{CONTEST}/publication?kind=award"),
    (f"{CONTEST}/publication/terms", f"{CONTEST}/publication/terms"),
    (f"{CONTEST}/certificates/setup", f"{CONTEST}/certificates/choices"),
    *((f"{CONTEST}/certificates/templates/{kind}", f"{CONTEST}/certificates/templates/{kind}")
      for kind in ("author", "tutor", "school")),
    (f"{CONTEST}/objections/terms", f"{CONTEST}/objections/terms"),
]  # fmt: skip


@pytest.mark.parametrize(("page", "target"), CASES, ids=[f"{page} {target[-6:]}" for page, target in CASES])
def test_a_form_is_taken_as_it_comes(place: Place, client: FlaskClient, page: str, target: str) -> None:
    ids = {"contest": place.contest.id, "category": place.category.id}
    page, target = page.format(**ids), target.format(**ids)
    answer = sign_in(client, place.staff).get(page)
    forms = Forms(answer.text, page).found
    assert target in forms, sorted(forms)
    sent: dict[str, list[str]] = {}
    for name, value in forms[target]:
        sent.setdefault(name, []).append(value)
    saved = client.post(target, data=sent, content_type="multipart/form-data")
    assert saved.status_code == 302, saved.text


def test_a_rule_saved_untouched_is_the_rule_that_it_was(place: Place, client: FlaskClient) -> None:
    before = stored_rule(place.category.id)
    address = f"/office/categories/{place.category.id}/awards"
    form = Forms(sign_in(client, place.staff).get(address).text, address).found[f"{address}/rule"]
    assert client.post(f"{address}/rule", data=dict(form)).status_code == 302
    after = stored_rule(place.category.id)
    assert (after.version, after.rule) == (before.version + 1, before.rule)

"""The help page: public, the reader's own role first, its menus as links."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal.core.actor import OFFICE_ROLES, Role
from contest_portal.core.manuals import MANUALS
from tests.factories import make_account, make_office, make_school, sign_in

pytestmark = pytest.mark.pages

PART = re.compile(r'<section class="card" id="help-(\w+)">(.*?)</section>', re.DOTALL)


def parts_of(client: FlaskClient) -> dict[str, str]:
    """The page's parts in their order."""
    answer = client.get("/help")
    assert answer.status_code == 200
    return dict(PART.findall(answer.get_data(as_text=True)))


@pytest.mark.parametrize("role", list(Role))
def test_the_own_role_stands_first_and_each_of_its_menus_is_a_link(app: Flask, client: FlaskClient, role: Role) -> None:
    office = make_office()
    school = make_school(office) if role in {Role.SCHOOL_MANAGER, Role.TEACHER} else None
    sign_in(client, make_account(role, office=office, school=school))
    parts = parts_of(client)
    own, text = next(iter(parts.items()))
    assert own == ("office" if role in OFFICE_ROLES else role)
    assert "<a href" in text
    assert "<strong>" not in text, "a menu named in the help is not in the role's navigation"


def test_a_visitor_reads_every_part_and_is_shown_the_public_pages_first(client: FlaskClient) -> None:
    parts = parts_of(client)
    assert list(parts) == ["visitor", "teacher", "school_manager", "judge", "office", "questions"]
    assert 'href="/lists"' in parts["visitor"]
    assert "<strong>评审</strong>" in parts["office"], "a visitor has no menu to be led to"


def test_the_help_is_reached_from_every_page(client: FlaskClient) -> None:
    assert 'href="/help"' in client.get("/").get_data(as_text=True)


@pytest.mark.parametrize("name", MANUALS)
def test_each_manual_is_read_in_the_program_and_reached_from_the_help(client: FlaskClient, name: str) -> None:
    assert f'href="/help/{name}"' in client.get("/help").get_data(as_text=True)
    answer = client.get(f"/help/{name}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    written = (Path(__file__).parents[2] / "docs" / f"{name}.md").read_text("utf-8")
    headings = re.findall(r"^#+ (.+)$", written, flags=re.MULTILINE)
    assert [text for text in headings if f"{text}</h" not in page] == []
    article = page.split("<article", 1)[1].split("</article>", 1)[0]
    assert re.findall(r"[^\x00-\x7f]\n[^\x00-\x7f]", article) == [], "a sentence is torn by a space"
    assert page.count("<table") == len(re.findall(r"^ *\|---", written, flags=re.MULTILINE))


@pytest.mark.parametrize("name", MANUALS)
def test_a_manual_leads_to_the_others_inside_the_program(client: FlaskClient, name: str) -> None:
    article = client.get(f"/help/{name}").get_data(as_text=True).split("<article", 1)[1].split("</article>", 1)[0]
    for target in re.findall(r'href="([^"#]+)', article):
        assert client.get(urljoin(f"/help/{name}", target)).status_code == 200, f"{target} leads nowhere"


@pytest.mark.parametrize("name", ["architecture", "nobody", "..%2Fsettings"])
def test_only_the_manuals_are_shown(client: FlaskClient, name: str) -> None:
    assert client.get(f"/help/{name}").status_code == 404

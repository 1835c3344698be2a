"""The shell that all pages share, as the server renders it."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

pytestmark = pytest.mark.pages

INLINE = re.compile(r"<[^>]+\s(?:style|on[a-z]+)\s*=|<style|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)
LIST = "/styleguide?state=submitted&q=月球&page=3&sort=title"
KEPT = "state=submitted&q=%E6%9C%88%E7%90%83"


def text_of(client: FlaskClient, address: str = "/styleguide") -> str:
    return client.get(address).get_data(as_text=True)


def test_no_part_of_a_page_carries_an_inline_script_or_style(client: FlaskClient) -> None:
    assert INLINE.findall(text_of(client)) == []


def test_a_page_has_one_main_heading_and_no_id_twice(client: FlaskClient) -> None:
    text = text_of(client)
    assert text.count("<h1") == 1
    ids = Counter(re.findall(r'\sid="([^"]+)"', text))
    assert [name for name, count in ids.items() if count > 1] == []


def test_every_form_that_posts_carries_a_token(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    forms = re.findall(r'<form[^>]*method="post".*?</form>', text_of(client), re.DOTALL)
    assert len(forms) >= 4
    assert [form[:80] for form in forms if 'name="csrf_token"' not in form] == []


def test_each_error_at_the_top_leads_to_a_field_that_names_its_error(client: FlaskClient) -> None:
    text = text_of(client)
    (summary,) = re.findall(r"<div[^>]*data-error-summary>.*?</div>", text, re.DOTALL)
    assert re.findall(r'href="#(\w+)"', summary) == ["title", "painting"]
    for name in ("title", "painting"):
        (field,) = re.findall(rf'<input[^>]*id="{name}"[^>]*>', text)
        assert 'aria-invalid="true"' in field
        (described,) = re.findall(r'aria-describedby="([^"]+)"', field)
        assert described.split() == [f"{name}-hint", f"{name}-error"]
        assert f'id="{name}-hint"' in text
        assert f'id="{name}-error"' in text


def test_links_of_a_list_keep_what_the_address_already_says(client: FlaskClient) -> None:
    text = unescape(text_of(client, LIST))
    assert f'href="/styleguide?{KEPT}&sort=-title"' in text
    assert f'href="/styleguide?{KEPT}&sort=title&page=4"' in text


def test_an_export_asks_for_what_the_list_shows(client: FlaskClient) -> None:
    (link,) = re.findall(r'href="([^"]+)" download', unescape(text_of(client, LIST)))
    assert link.startswith("/styleguide?state=submitted&q=")
    assert link.endswith("&page=3&sort=title")


def test_a_filter_cannot_break_out_of_the_page(client: FlaskClient) -> None:
    text = text_of(client, "/styleguide?state=\"><img src=x>&sort='><b>")
    assert "<img src=x>" not in text
    assert "'><b>" not in text


def test_the_count_line_tells_the_first_the_last_and_the_whole(client: FlaskClient) -> None:
    assert "第 61–65 条，共 223 条" in text_of(client)


def test_the_sorted_column_says_so_to_a_screen_reader(client: FlaskClient) -> None:
    assert re.findall(r'aria-sort="(\w+)"', text_of(client)) == ["ascending"]


def test_a_missing_page_says_what_happened_and_shows_the_way_on(client: FlaskClient) -> None:
    answer = client.get("/no-such-page")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "<h1>没有找到这个页面</h1>" in text
    assert "回到首页" in text


def test_the_foot_shows_the_time_of_the_servers_clock(client: FlaskClient) -> None:
    text = text_of(client)
    assert '<time datetime="2018-03-01T09:00:00+08:00" data-server-time>2018-03-01 09:00:00</time>' in text

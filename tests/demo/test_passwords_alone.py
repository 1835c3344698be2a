"""The demo is tried with passwords alone, and says so; a file that its keeper wrote stays."""

from __future__ import annotations

from flask import Flask

from contest_portal.demo.cli import LOGIN_NOTE, open_to_passwords
from contest_portal.settings import FILE, read_settings


def test_the_folder_of_a_demo_asks_for_no_second_factor_and_its_login_page_says_so(app: Flask) -> None:
    app.config["SECOND_FACTOR_REQUIRED"] = True
    instance = app.config["SETTINGS"].instance
    assert LOGIN_NOTE not in app.test_client().get("/login").text
    open_to_passwords(app)
    assert not app.config["SECOND_FACTOR_REQUIRED"]
    assert LOGIN_NOTE in app.test_client().get("/login").text
    settings = read_settings({}, instance)
    assert (settings.requires_second_factor, settings.login_note) == (False, LOGIN_NOTE)


def test_what_its_keeper_has_decided_stays(app: Flask) -> None:
    app.config["SECOND_FACTOR_REQUIRED"] = True
    path = app.config["SETTINGS"].instance / FILE
    path.write_text("CONTEST_PORTAL_SECOND_FACTOR=required\n", "utf-8")
    open_to_passwords(app)
    assert app.config["SECOND_FACTOR_REQUIRED"]
    assert path.read_text("utf-8") == "CONTEST_PORTAL_SECOND_FACTOR=required\n"

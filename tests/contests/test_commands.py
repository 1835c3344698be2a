"""The commands of contests, as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from contest_portal.cli import cli
from contest_portal.contests import queries
from tests.factories import make_office


class OneApp:
    """Gives commands the test's application."""

    def __init__(self, app: Flask) -> None:
        self.app = app


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("contest_portal.cli.Lazy", lambda _instance, **_options: OneApp(app))
    return lambda *words: CliRunner().invoke(cli, ["contest", *words])


def test_what_is_not_there_is_named(run, app: Flask) -> None:
    make_office("甘州区科学技术协会")
    assert str(run("export", "99999").exception) == "没有编号为 99999 的赛事。"
    assert "没有名为「酒泉市科协」的主办单位，已有：甘州区科学技术协会。" in str(
        run("list", "--office", "酒泉市科协").exception
    )


def test_a_contest_is_created_listed_exported_and_checked(run, tmp_path: Path) -> None:
    make_office()
    made = run("create", "--template", "castic-district-2018", "--year", "2018", "--called-on", "2018-03-01")
    assert made.exit_code == 0, made.output
    contest = queries.all_contests()[0]
    assert contest.name in run("list").output
    exported = run("export", str(contest.id)).output
    path = tmp_path / "ours.toml"
    path.write_text(exported, encoding="utf-8")
    assert "正确，共 6 个类别" in run("check-template", str(path)).output
    again = run("create", "--template", str(path), "--year", "2019")
    assert again.exit_code == 0, again.output
    assert "\t2019\t" in run("list").output


def test_a_wrong_template_is_named_by_its_lines_with_exit_code_2(run, tmp_path: Path) -> None:
    make_office()
    path = tmp_path / "wrong.toml"
    path.write_text('code = "x"\nversion = 1\n', encoding="utf-8")
    checked = run("check-template", str(path))
    assert checked.exit_code == 2
    assert "wrong.toml 第 2 行：「version」应为文字（加引号），现在是 1" in checked.output


def test_with_several_offices_one_must_be_named(run) -> None:
    make_office()
    make_office("张掖市科学技术协会")
    refused = run("create", "--template", "maker-2018")
    assert refused.exit_code != 0
    assert "--office" in str(refused.exception)
    assert run("create", "--template", "maker-2018", "--office", "张掖市科学技术协会").exit_code == 0
    assert run("create", "--template", "no-such", "--office", "张掖市科学技术协会").exit_code != 0

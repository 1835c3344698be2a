"""What the command line says of wrong arguments and in its help."""

from __future__ import annotations

import sys

import pytest

from contest_portal.cli import main


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """What a call prints, and how it ends."""

    def call(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["contest-portal", *words])
        try:
            main()
            code = 0
        except SystemExit as leave:
            code = int(leave.code or 0)
        out = capsys.readouterr()
        return code, out.out + out.err

    return call


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("serve", "--port", "99999"), "错误：选项「--port」无效：99999 超出范围，应在 0 至 65535 之间。"),
        (("serve", "--port", "八千"), "错误：选项「--port」无效：「八千」不是整数。"),
        (("serve", "--prot", "1"), "错误：没有 --prot 这个选项。是不是要写 --host、--port？"),
        (("serves",), "错误：没有「serves」这个命令。"),
        (("report",), "错误：缺少参数「YEAR」。"),
        (("report", "今年"), "错误：参数「YEAR」无效：「今年」不是整数。"),
        (("report", "2018", "2019"), "错误：多出了参数：2019。"),
        (("contest", "check-template", "no.toml"), "错误：参数「FILE」无效：没有「no.toml」这个文件或目录。"),
        (("contest", "create"), "错误：缺少选项「--template」。"),
        (
            ("contest", "create", "--template", "x", "--called-on", "三月"),
            "「三月」不是这种格式的日期：「%Y-%m-%d」。",
        ),
        (
            ("judging", "rank", __file__, "--method", "best"),
            "「best」不可用，只能是「raw」、「trimmed」、「additive」、「mixed」、「huber」。",
        ),
    ],
)
def test_a_wrong_argument_is_explained_in_chinese(said, words: tuple[str, ...], sentence: str) -> None:
    code, text = said(*words)
    assert code == 2
    assert sentence in text
    assert text.startswith("用法：contest-portal")
    assert not [word for word in ("Usage", "Error", "Try ", "Invalid", "Missing") if word in text]


@pytest.mark.parametrize("words", [(), ("--help",), ("serve", "--help"), ("contest",), ("entries", "withdraw", "-h")])
def test_help_has_chinese_headings(said, words: tuple[str, ...]) -> None:
    text = said(*words)[1]
    assert "用法：contest-portal" in text
    assert "显示这份说明。" in text
    assert not [word for word in ("Usage", "Options", "Commands", "[OPTIONS]", "default:", "required") if word in text]

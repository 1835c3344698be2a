"""A command for an instance that is not there says so and makes nothing; those that begin one do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from contest_portal.cli import main


@pytest.mark.parametrize("command", [("media", "names"), ("office", "list"), ("audit", "verify"), ("media", "verify")])
def test_a_mistyped_instance_is_told_and_not_made(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "typo"
    monkeypatch.setattr(sys, "argv", ["contest-portal", "--instance", str(missing), *command])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert f"没有 {missing} 这个目录" in capsys.readouterr().err
    assert not missing.exists()


def test_the_database_is_made_in_a_new_instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    new = tmp_path / "new"
    monkeypatch.setattr(sys, "argv", ["contest-portal", "--instance", str(new), "db", "upgrade"])
    main()
    assert (new / "contest.sqlite3").exists()

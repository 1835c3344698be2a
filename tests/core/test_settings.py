"""Settings: read from the environment, refused by name, documented in one table."""

from __future__ import annotations

import re
import stat
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

import pytest

from contest_portal import create_app
from contest_portal.core import secret_files
from contest_portal.settings import PREFIX, Settings, read_settings

TABLE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_every_setting_stands_in_the_table_and_no_other() -> None:
    documented = set(re.findall(rf"^\| `{PREFIX}(\w+)`", TABLE.read_text("utf-8"), flags=re.MULTILINE))
    assert documented == {field.name.upper() for field in fields(Settings)}


def test_the_table_names_the_defaults_of_numbers() -> None:
    rows = dict(re.findall(rf"^\| `{PREFIX}(\w+)`[^|]*\| ([^|]+) \|", TABLE.read_text("utf-8"), flags=re.MULTILINE))
    defaults = Settings(instance=Path())
    for field in fields(Settings):
        value = getattr(defaults, field.name)
        if isinstance(value, int):
            assert rows[field.name.upper()].strip() == str(value).lower()


def test_every_setting_is_asked_for_somewhere() -> None:
    package = TABLE.parents[1] / "contest_portal"
    code = "\n".join(path.read_text("utf-8") for path in package.rglob("*.py"))
    idle = [
        field.name
        for field in fields(Settings)
        if not re.search(rf"(?:settings(?:\(\))?|self|\"SETTINGS\"\])\.{field.name}\b", code)
    ]
    assert not idle, f"These settings change nothing: {idle}"


@pytest.mark.parametrize(("name", "value"), [("THREADS", "many"), ("DEBUG", "perhaps"), ("SECOND_FACTOR", "no")])
def test_a_wrong_value_is_refused_by_its_name(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"{PREFIX}{name}"):
        read_settings({PREFIX + name: value}, tmp_path)


def test_the_instance_folder_may_hold_settings_and_the_environment_goes_before_them(tmp_path: Path) -> None:
    assert read_settings({}, tmp_path).requires_second_factor
    text = f"# what this site does otherwise\n\n{PREFIX}SECOND_FACTOR=optional\n{PREFIX}LOGIN_NOTE = 电话 = 8212345 \n"
    (tmp_path / "settings.env").write_text(text, "utf-8")
    settings = read_settings({}, tmp_path)
    assert (settings.requires_second_factor, settings.login_note) == (False, "电话 = 8212345")
    assert read_settings({f"{PREFIX}SECOND_FACTOR": "required"}, tmp_path).requires_second_factor


@pytest.mark.parametrize("line", ["SECOND_FACTOR=optional", f"{PREFIX}SECOND_FACTOR", "[site]"])
def test_a_line_of_that_file_that_sets_nothing_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / "settings.env").write_text(f"# here\n{line}\n", "utf-8")
    with pytest.raises(ValueError, match=r"settings\.env:2"):
        read_settings({}, tmp_path)


@pytest.mark.skipif(find_spec("redis") is not None, reason="the library is installed")
def test_redis_without_its_library_is_refused_by_the_name_of_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"{PREFIX}REDIS_URL"):
        create_app(read_settings({"REDIS_URL": "redis://127.0.0.1:6379"}, tmp_path))


def test_the_customary_database_url_is_read(tmp_path: Path) -> None:
    settings = read_settings({"DATABASE_URL": "postgres://office@127.0.0.1/contest"}, tmp_path)
    assert settings.database == "postgresql+psycopg://office@127.0.0.1/contest"


def test_secrets_are_made_once_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    first = secret_files.secret(tmp_path, "data_key")
    assert secret_files.secret(tmp_path, "data_key") == first
    assert len(first) == 32
    path = tmp_path / "secrets" / "data_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["data_key"]


def test_a_damaged_secret_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "data_key"
    path.parent.mkdir()
    path.write_text("nonsense")
    with pytest.raises(ValueError, match="data_key"):
        secret_files.secret(tmp_path, "data_key")
    assert path.read_text() == "nonsense"

"""The files of deploy/: whole, in words that their readers take, and true to the program's settings and commands."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from contest_portal import cli
from contest_portal.settings import PREFIX, Settings, read_settings
from tests.behind_nginx import write_configuration

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SETTINGS = {PREFIX + field.name.upper() for field in fields(Settings)}
UNITS = sorted(DEPLOY.glob("*.service"))


def text_of(name: str) -> str:
    return (DEPLOY / name).read_text("utf-8")


def seconds(value: str) -> int:
    return int(value.removesuffix("s"))


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text_of("compose.yaml"))
    return found


def test_every_variable_is_a_setting() -> None:
    named = {
        (path.name, name)
        for path in sorted(DEPLOY.iterdir())
        if path.is_file()
        for name in re.findall(rf"\b{PREFIX}[A-Z_]+\b", path.read_text("utf-8"))
    }
    assert len(named) > 20
    assert {(path, name) for path, name in named if name not in SETTINGS} == set()


def test_the_example_of_settings_is_read(tmp_path: Path) -> None:
    lines = [line for line in text_of("env.example").splitlines() if line and not line.startswith("#")]
    values = dict(line.split("=", 1) for line in lines)
    commented = dict(
        line[1:].split("=", 1) for line in text_of("env.example").splitlines() if re.match(r"#[A-Z_]+=", line)
    )
    settings = read_settings({**values, **commented}, tmp_path)
    assert settings.secure_cookies
    assert settings.public_url == f"https://{settings.allowed_hosts}"
    assert settings.database.startswith("postgresql+psycopg://")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_one(unit: Path, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not here")
    # The program stands elsewhere on this machine, and its user is not made: a command that is there, and nobody.
    text = re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", unit.read_text("utf-8"), flags=re.MULTILINE)
    text = re.sub(r"^(User|Group)=.*", "", text, flags=re.MULTILINE)
    (tmp_path / unit.name).write_text(text, "utf-8")
    done = subprocess.run(
        [analyze, "verify", "--man=no", "--generators=no", str(tmp_path / unit.name)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    own = [line for line in done.stderr.splitlines() if unit.name in line]
    assert own == []
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_exposes_little(unit: Path) -> None:
    """systemd's own measure, from 0 (nothing) to 10; above 2 a line of the sandbox has been lost."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not here")
    words = [analyze, "security", "--offline=true", "--no-pager", "--threshold=20", str(unit)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout.splitlines()[-1:] + done.stderr.splitlines()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_what_there_is_and_waits_long_enough(unit: Path) -> None:
    values = dict(line.split("=", 1) for line in unit.read_text("utf-8").splitlines() if re.match(r"\w+=", line))
    program, command, *options = values["ExecStart"].split()
    assert program.endswith("/contest-portal")
    known = {option for one in cli.cli.commands[command].params for option in one.opts}
    assert {one for one in options if one.startswith("--")} <= known
    assert int(values["TimeoutStopSec"]) > Settings(instance=ROOT).stop_seconds
    assert values["KillMode"] == "mixed"


def test_the_services_hang_together(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        needed = service.get("depends_on", [])
        assert set(needed) <= set(services), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source.startswith("./") or source in compose["volumes"], f"{name}: {volume}"
        assert "image" in service
    for name in ("web", "worker"):
        assert seconds(services[name]["stop_grace_period"]) > Settings(instance=ROOT).stop_seconds
        environment = services[name]["environment"]
        settings = read_settings(
            {key: re.sub(r"\$\{(\w+):[^}]*\}", r"\1", value) for key, value in environment.items()}, ROOT
        )
        assert settings.database.startswith("postgresql")
        assert not settings.jobs_embedded
        assert settings.storage_url.startswith("s3://")
    assert set(services["worker"]["command"]) <= set(cli.cli.commands)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_may_write_where_the_example_puts_things(unit: Path) -> None:
    """ProtectSystem=strict makes all else of the machine read-only."""
    words = unit.read_text("utf-8")
    assert "ProtectSystem=strict" in words
    writable = [Path("/var/lib") / one for one in re.findall(r"^StateDirectory=(\S+)", words, re.MULTILINE)]
    writable += [Path(one) for one in re.findall(r"^ReadWritePaths=-?(\S+)", words, re.MULTILINE)]
    named = re.findall(r"^#?\w+_FOLDER=(\S+)$", text_of("env.example"), re.MULTILINE)
    assert named
    assert [one for one in named if not any(Path(one).is_relative_to(place) for place in writable)] == []


def test_a_container_may_write_where_compose_puts_things(compose: dict[str, Any]) -> None:
    """A volume belongs to whom its folder in the image belongs to: without one it is root's."""
    worker = compose["services"]["worker"]
    named = {value for name, value in worker["environment"].items() if name.endswith("_FOLDER")}
    mounted = {one.split(":")[1] for one in worker["volumes"]}
    assert "/backups" in named
    assert named <= mounted
    text = re.sub(r"\\\n", " ", text_of("Containerfile"))
    made = re.search(r"install -d -m 700 -o contest-portal -g contest-portal ([/\w -]+)", text)
    assert made
    assert mounted <= set(made[1].split())


def test_the_servers_hold_neither_backups_nor_their_key_nor_the_masters_words(compose: dict[str, Any]) -> None:
    web, worker, database = (compose["services"][name] for name in ("web", "worker", "database"))
    assert web["environment"]["CONTEST_PORTAL_BACKUP_KEY"] == ""
    assert "CONTEST_PORTAL_BACKUP_KEY" not in worker["environment"]  # .env gives it
    assert not [one for one in web["volumes"] if "backups" in one]
    for service in (web, worker):
        assert service["environment"]["POSTGRES_PASSWORD"] == ""
        assert "DATABASE_PASSWORD" in service["environment"]["CONTEST_PORTAL_DATABASE_URL"]
    assert "POSTGRES_USER" not in database["environment"]  # the site's account is not the image's superuser
    assert "NOSUPERUSER" in text_of("database-roles.sh")


def test_images_have_short_names_and_versions(compose: dict[str, Any]) -> None:
    images = [service["image"] for service in compose["services"].values()]
    images += re.findall(r"^FROM (\S+)", text_of("Containerfile"), re.MULTILINE)
    assert len(images) > 5
    assert [image for image in images if "." in image.split("/")[0].split(":")[0]] == []
    own = {"contest-portal"}
    assert [
        image for image in images if ":" not in image and image not in own
    ] == []  # the newest may be another tomorrow


def test_what_compose_asks_for_stands_in_the_example(compose: dict[str, Any]) -> None:
    asked = set(re.findall(r"\$\{(\w+)", text_of("compose.yaml")))
    given = set(re.findall(r"^(\w+)=", text_of("env.example"), re.MULTILINE))
    assert asked <= given


def test_the_container_is_made_of_what_is_there() -> None:
    lines = re.sub(r"\\\n", " ", text_of("Containerfile")).splitlines()
    words = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT",
             "CMD"}  # fmt: skip
    assert {one[0] for one in words} <= known | {"CMD"}
    for word, *arguments in words:
        if word == "COPY" and not arguments[0].startswith("--from="):
            assert [one for one in arguments[:-1] if not (ROOT / one).exists()] == []
    locks = re.findall(r"-r (\S+)", text_of("Containerfile"))
    assert all("--require-hashes" in line for line in lines if " -r " in line)
    assert {Path(one).name for one in locks} == {"build.txt", "server.txt"}
    users = [arguments[0] for word, *arguments in words if word == "USER"]
    assert users[-1] not in {"root", "0"}


def test_nginx_takes_its_file(tmp_path: Path) -> None:
    nginx = shutil.which("nginx")
    if nginx is None:
        pytest.skip("nginx is not here")
    write_configuration(tmp_path, "127.0.0.1:8000")
    done = subprocess.run(
        [nginx, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


def test_nginx_writes_down_no_address() -> None:
    """What stands behind a question mark may be a pupil's name that somebody looked for; a path may hold a secret."""
    text = text_of("nginx.conf.template")
    formats = re.search(r"log_format.*?;", text, re.DOTALL)
    assert formats
    for word in ("$request ", '$request"', "$request_uri", "$args", "$query_string", "$http_referer", "$uri"):
        assert word not in formats[0], word
    assert re.findall(r"^\s+access_log (\S+ ?\S*);", text, re.MULTILINE) == ["off", "/dev/stdout contest"]
    assert re.findall(r"^\s+error_log \S+ (\w+);", text, re.MULTILINE) == ["crit"], "lines below it hold the address"


def test_nginx_lets_through_what_the_program_takes() -> None:
    settings = Settings(instance=ROOT)
    forms, uploads = (int(one) for one in re.findall(r"client_max_body_size (\d+)m;", text_of("nginx.conf.template")))
    assert forms == settings.max_upload_mb
    assert uploads > settings.largest_upload_mb
    # For all places: a body of somebody unknown is not laid down on nginx's disk before the program has looked at its head.
    assert re.findall(r"^( *)proxy_request_buffering (\w+);", text_of("nginx.conf.template"), re.MULTILINE) == [
        ("    ", "off")
    ]
    assert "proxy_add_x_forwarded_for" not in text_of("nginx.conf.template")  # it would pass on what a visitor wrote

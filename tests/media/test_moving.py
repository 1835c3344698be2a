"""Files move from a folder to an S3 server and back while a real site reads and writes; what is there is verified."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Self

import pytest

from contest_portal import create_app
from contest_portal.cli import main
from contest_portal.core.actor import console_actor
from contest_portal.core.current_storage import open_place
from contest_portal.core.secret_files import DATA_KEY, secret
from contest_portal.core.storage import Storage, Stored, storage
from contest_portal.core.storage_local import LocalStorage
from contest_portal.media.services import moving
from contest_portal.media.services.sweeping import sweep
from contest_portal.people.models import RosterImport
from contest_portal.settings import Settings

ROOT = Path(__file__).parents[2]
PAUSE_SECONDS = 0.05
"""Between two requests of a visitor: the site is to be used, not to be measured."""


def own_environment() -> dict[str, str]:
    names = ("CONTEST_PORTAL_", "DATABASE_", "STORAGE_", "REDIS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    return {**kept, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT), "CONTEST_PORTAL_JOBS_EMBEDDED": "false"}


@pytest.fixture
def instance(tmp_path: Path, empty_sqlite: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "contest.sqlite3").write_bytes(empty_sqlite.read_bytes())
    secret(folder, DATA_KEY)  # it has run before: a site with files and without its key does not start
    return folder


@dataclass(frozen=True)
class Said:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def command(instance: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Calls `contest-portal media …` on the instance; `url` is the setting of the storage."""

    def call(*words: str, url: str = "") -> Said:
        monkeypatch.setattr(sys, "argv", ["contest-portal", "--instance", str(instance), "media", *words])
        monkeypatch.setenv("CONTEST_PORTAL_STORAGE_URL", url)
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as leave:
            code = int(leave.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call


@contextmanager
def site(instance: Path, **environment: str) -> Iterator[int]:
    """The port of a running site."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("shelf_site.py")), str(instance)],
        env={**own_environment(), **environment},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert process.stdout is not None
        said = next(line for line in process.stdout if "http://" in line)
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", said)
        assert found is not None
        yield int(found[1])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


class Visitors:
    """Threads that put new content and get what was put, until they are told to stop; `wrong` is what went wrong."""

    def __init__(self, port: int, count: int = 2) -> None:
        self._port = port
        self._stop = threading.Event()
        self.put: list[str] = []
        self.wrong: list[str] = []
        self._threads = [threading.Thread(target=self._go_on, args=(number,)) for number in range(count)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _go_on(self, number: int) -> None:
        chance = random.Random(number)
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        while not self._stop.wait(PAUSE_SECONDS):
            content = chance.randbytes(chance.randrange(1, 30_000))
            connection.request("PUT", "/shelf", content)
            answer = connection.getresponse()
            name = answer.read().decode()
            if name != hashlib.sha256(content).hexdigest():
                self.wrong.append(f"put: {answer.status} {name[:80]}")
                continue
            self.put.append(name)
            self.look_at(connection, chance.choice(self.put))

    def look_at(self, connection: HTTPConnection, name: str) -> None:
        connection.request("GET", f"/shelf/{name}")
        answer = connection.getresponse()
        if hashlib.sha256(answer.read()).hexdigest() != name:
            self.wrong.append(f"get: {answer.status}")


def place(url: str, instance: Path) -> Storage:
    return open_place(url, Settings(instance=instance))


def test_files_move_to_s3_and_back_while_the_site_reads_and_writes(
    instance: Path, s3_url: str, command: Command
) -> None:
    before = {place("local", instance).put_bytes(os.urandom(2_000)).sha256 for _ in range(20)}
    with site(instance) as port, Visitors(port) as visitors:
        visitors.put.extend(before)
        there = command("move", "--to", s3_url)
        assert there.code == 0
        assert there.err == ""
        assert re.search(r"网站（主机 \S+，进程 \d+）：能读写新的存储。", there.out)
        assert "网站已在使用新的存储" in there.out
        at_the_move = set(visitors.put)
        assert at_the_move - before, "there was writing meanwhile"
        assert at_the_move <= set(place(s3_url, instance).names())
        back = command("move", "--to-local", "--delete-source")
        assert (back.code, back.err) == (0, "")
    assert visitors.wrong == []
    assert set(visitors.put) == set(place("local", instance).names())
    assert list(place(s3_url, instance).names()) == []


def test_a_move_that_was_broken_off_is_taken_up_and_the_setting_may_follow_later(
    instance: Path, s3_url: str, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "LOOK_SECONDS", 0.0)  # no site runs
    local, away = place("local", instance), place(s3_url, instance)
    names = [local.put_bytes(os.urandom(100)).sha256 for _ in range(5)]
    damaged = local.folder / names[0][:2] / names[0][2:4] / names[0]  # type: ignore[attr-defined]
    whole = damaged.read_bytes()
    damaged.chmod(0o640)
    damaged.write_bytes(b"something else")
    broken = command("move", "--to", s3_url)
    assert broken.code == 1
    assert names[0] in broken.err
    assert set(away.names()) == set(names[1:])
    other = command("move", "--to", "file:///tmp/elsewhere")
    assert other.code == 2
    assert "先把它做完" in other.err
    damaged.write_bytes(whole)
    done = command("move", "--to", s3_url)
    assert done.code == 0
    assert "搬移了 1 个文件" in done.out
    for setting in ("", s3_url):
        with create_app(Settings(instance=instance, storage_url=setting)).app_context():
            assert set(storage().names()) == set(names)
            names.append(storage().put_bytes(os.urandom(100)).sha256)
            assert away.exists(names[-1])


def test_content_whose_upload_outlasts_the_move_follows(
    instance: Path, s3_url: str, command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(moving, "LOOK_SECONDS", 0.0)
    film = tmp_path / "film.mp4"
    film.write_bytes(b"a long film")
    with create_app(Settings(instance=instance)).app_context():
        real = LocalStorage.adopt

        def slow(self: LocalStorage, path: Path, expected_sha256: str | None = None) -> Stored:
            assert command("move", "--to", s3_url).code == 0
            return real(self, path, expected_sha256)

        monkeypatch.setattr(LocalStorage, "adopt", slow)
        stored = storage().adopt(film)
        with storage().open(stored.sha256) as file:
            assert file.read() == b"a long film"
    assert place(s3_url, instance).exists(stored.sha256)


def test_a_stored_file_is_sent_by_range_from_s3(instance: Path, s3_url: str) -> None:
    content = os.urandom(2_000_000)
    name = place(s3_url, instance).put_bytes(content).sha256
    with site(instance, CONTEST_PORTAL_STORAGE_URL=s3_url) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        for asked, status, part in (
            ("bytes=1500000-1500099", 206, content[1_500_000:1_500_100]),
            ("bytes=-10", 206, content[-10:]),
            ("bytes=1999990-", 206, content[1_999_990:]),
            ("bytes=2000000-", 416, None),
            ("", 200, content),
        ):
            connection.request("GET", f"/shelf/{name}", headers={"Range": asked} if asked else {})
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == status
            assert part is None or body == part
            assert part is None or name not in answer.headers["ETag"]
        connection.request("GET", f"/shelf/{name}", headers={"If-None-Match": answer.headers["ETag"]})
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (304, b"")
        connection.request("HEAD", f"/shelf/{name}")
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Content-Length"], answer.read()) == (200, "2000000", b"")


@pytest.mark.parametrize("where", ["local", "s3"])
def test_verify_names_what_is_missing_altered_and_orphaned(
    instance: Path, where: str, request: pytest.FixtureRequest, command: Command
) -> None:
    url = "local" if where == "local" else request.getfixturevalue("s3_url")
    stored = place(url, instance)
    orphan = stored.put_bytes(b"nobody wants me").sha256
    clean = command("verify", "--json", url=url)
    assert clean.code == 0
    assert json.loads(clean.out)["orphaned"] == [orphan]
    missing, altered = "1" * 64, stored.put_bytes(b"as it was").sha256
    tell_of(instance, missing, altered)
    alter(stored, altered)
    found = command("verify", "--json", url=url)
    assert found.code == 1
    told = json.loads(found.out)
    assert (told["missing"], told["altered"], told["orphaned"]) == ([missing], [altered], [orphan])
    assert told["contents"] == 2
    words = command("verify", url=url).out
    for line in ("缺失：1 个", "内容已变：1 个", "无人使用：1 个", missing, altered, orphan):
        assert line in words


def tell_of(instance: Path, *names: str) -> None:
    """Rows that refer to content of these names."""
    from contest_portal.core.clock import now
    from contest_portal.core.database import db
    from tests.factories import make_office, make_school

    app = create_app(Settings(instance=instance), testing=True)
    with app.app_context():
        school = make_school(make_office())
        for name in names:
            row = RosterImport(
                school_id=school.id,
                kind="students",
                file_sha256=name,
                file_name="名册.xlsx",
                summary={},
                created_at=now(),
            )
            db.session.add(row)
        db.session.commit()
        assert sweep(console_actor(), dry_run=True).contents == 0, "all of it was put just now"


def alter(stored: Storage, name: str) -> None:
    from contest_portal.core.storage_s3 import S3Storage

    if isinstance(stored, LocalStorage):
        (stored.folder / name[:2] / name[2:4] / name).write_bytes(b"as it is now")
    else:
        assert isinstance(stored, S3Storage)
        stored._put_object(stored._key(name), b"as it is now")


def keyless_environment(folder: Path) -> dict[str, str]:
    """As a site on its folder is usually started: no keys in the environment, no profile, no machine's role."""
    return {
        "AWS_ACCESS_KEY_ID": "",
        "AWS_SECRET_ACCESS_KEY": "",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"),
        "AWS_CONFIG_FILE": str(folder / "none"),
    }


def test_a_move_is_refused_while_a_running_process_has_no_keys_for_the_target(
    instance: Path, s3_url: str, command: Command, tmp_path: Path
) -> None:
    name = place("local", instance).put_bytes(b"a painting").sha256
    with site(instance, **keyless_environment(tmp_path)) as port:
        refused = command("move", "--to", s3_url)
        assert refused.code == 2
        assert "没有开始搬移：有 1 个运行中的进程还不能使用新的存储" in refused.err
        assert "网站（主机" in refused.err
        assert "没有访问文件存储的密钥" in refused.err
        assert list(place(s3_url, instance).names()) == []
        assert shelved(port, name) == (200, b"a painting")
        anyway = command("move", "--to", s3_url, "--anyway")
        assert anyway.code == 0
        assert "没有访问文件存储的密钥" in anyway.err
        status, page = shelved(port, name)
        assert status == 503
        assert "没有访问文件存储的密钥" in page.decode()
        assert "请等待十几秒" not in page.decode()
    with site(instance) as port:
        assert shelved(port, name) == (200, b"a painting")


def test_a_move_is_refused_while_the_address_means_another_place_to_a_running_process(
    instance: Path, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker on another machine has a folder of that name, too: here its own by what it runs in."""
    name = place("local", instance).put_bytes(b"a painting").sha256
    target = tmp_path / "elsewhere"
    with site(instance, SHELF_SEES_FOLDER_AS=f"{target}={tmp_path / 'of another machine'}") as port:
        refused = command("move", "--to", f"file://{target}")
        assert refused.code == 2
        assert "互相读不到对方写入的内容" in refused.err
        assert shelved(port, name) == (200, b"a painting")
    done = command("move", "--to", f"file://{target}")
    assert (done.code, done.err) == (0, "")
    assert "没有发现运行中的网站或后台任务" in done.out


def test_a_killed_process_does_not_hold_up_a_move(instance: Path, command: Command, tmp_path: Path) -> None:
    with site(instance) as port:
        seen = command("move", "--to", f"file://{tmp_path / 'first'}")
        assert seen.code == 0
        assert "能读写新的存储" in seen.out
        os.kill(process_at(port), signal.SIGKILL)
        # The site's row stays behind; the lock of its process does not.
        done = command("move", "--to", f"file://{tmp_path / 'second'}")
    assert (done.code, done.err) == (0, "")
    assert "没有发现运行中的网站或后台任务" in done.out


@pytest.mark.parametrize("words", [("move", "--to"), ("verify",)], ids=["move", "verify"])
def test_without_keys_a_command_says_so_and_not_to_try_later(
    instance: Path,
    s3_url: str,
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
) -> None:
    for variable, value in keyless_environment(tmp_path).items():
        monkeypatch.setenv(variable, value)
    told = command("move", "--to", s3_url) if words[0] == "move" else command("verify", url=s3_url)
    assert told.code == 2
    assert told.err.startswith("这里的程序没有访问文件存储的密钥")
    assert "稍后再试" not in told.err


def test_a_wrong_bucket_is_told_in_one_line(instance: Path, s3_url: str, command: Command) -> None:
    wrong = s3_url.replace("s3://files-", "s3://filse-")
    ended = subprocess.run(
        [sys.executable, "-m", "contest_portal", "--instance", str(instance), "media", "move", "--to", wrong],
        env=own_environment(),
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ended.returncode == 2
    assert re.fullmatch(r"存储桶 filse-\w+ 不存在。请先在对象存储中建立它，或改正地址。\n", ended.stderr)


def shelved(port: int, name: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", f"/shelf/{name}")
    answer = connection.getresponse()
    return answer.status, answer.read()


def process_at(port: int) -> int:
    """The process id of the site, as it says itself."""
    return int(shelved(port, "process")[1])

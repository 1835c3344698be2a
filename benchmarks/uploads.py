"""Uploads over loopback through the real server, against a plain write of the same bytes by the same web server, and
against nginx's WebDAV where it is installed; and what memory the server takes for many uploads at once."""

from __future__ import annotations

import http.client
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.measurement import Measurement, summed_up

SIZE = 512 << 20
BLOCK = random.Random(1).randbytes(1 << 20)  # noqa: S311 - filling, no secret
PIECES = (8 << 20, 32 << 20)
RUNS = 3
PROMISED = {"whole": 2.0, "large": 2.0}
"""How many times as long as the plain write. `large` is what the browser's part sends on a fast line."""
AT_ONCE = (1, 5, 20)
EACH = 64 << 20
NGINX = """
{user}daemon off; worker_processes 1; pid {folder}/pid; error_log stderr crit;
events {{}}
http {{
  access_log off; client_max_body_size 0;
  client_body_temp_path {folder}/temporary; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {folder}; location / {{ dav_methods PUT; }} }}
}}
"""
Address = tuple[str, int]


def measure() -> list[Measurement]:
    """How many times longer an upload takes than the plain write; MB/s; MB of memory above the idle server's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cookie, token = prepared(folder / "i")
        with running("site", folder / "i") as (site, _process), running("raw", folder / "raw") as (raw, _other):
            sender = Sender(site, cookie, token)
            ways: dict[str, Callable[[], object]] = {
                "raw": lambda: put(raw),
                "whole": lambda: sender.upload(SIZE, SIZE),
                "small": lambda: sender.upload(SIZE, PIECES[0]),
                "large": lambda: sender.upload(SIZE, PIECES[1]),
            }
            with nginx(folder / "nginx") as proxy:
                if proxy is not None:
                    ways["nginx"] = lambda: put(proxy)
                times = alternating(ways)
        return [*compared(times), *memory(folder, cookie, token)]


def alternating(ways: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Seconds of each way, one after the other in each round, so that others on the machine disturb all alike."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(RUNS):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            times[name].append(time.perf_counter() - start)
    return times


def compared(times: dict[str, list[float]]) -> list[Measurement]:
    """The rates of all ways, and how many times as long as the plain write each takes."""
    raw = statistics.median(times["raw"])
    names = {
        "raw": "plain write by the same web server",
        "whole": "upload in one piece",
        "small": f"upload in pieces of {PIECES[0] >> 20} MB",
        "large": f"upload in pieces of {PIECES[1] >> 20} MB",
        "nginx": "nginx, WebDAV PUT",
    }
    megabytes = SIZE >> 20
    rates = [
        summed_up(f"{names[way]}, {megabytes} MB", [megabytes / one for one in taken], "MB/s")
        for way, taken in times.items()
    ]
    ratios = [
        Measurement(
            f"{names[way]}, times as long as the plain write",
            statistics.median(times[way]) / raw,
            "×",
            PROMISED.get(way),
            RUNS,
        )
        for way in ("whole", "large", "small")
    ]
    return rates + ratios


def memory(folder: Path, cookie: str, token: str) -> list[Measurement]:
    """MB that the server's process takes above its idle state while so many files arrive at once."""
    found = []
    for count in AT_ONCE:
        with running("site", folder / "i") as (site, process):
            Sender(site, cookie, token).upload(PIECES[0], PIECES[0])  # what is loaded once is not the uploads'
            idle = process.memory_info().rss
            threads = [
                threading.Thread(target=Sender(site, cookie, token).upload, args=(EACH, PIECES[0]))
                for _ in range(count)
            ]
            most = watched(process, threads)
            found.append(
                Measurement(f"server's memory above idle, {count} uploads at once", (most - idle) / 1e6, "MB", 100)
            )
    return found


def watched(process: psutil.Process, threads: list[threading.Thread]) -> int:
    """The most resident memory while the threads run."""
    for thread in threads:
        thread.start()
    most = 0
    while any(thread.is_alive() for thread in threads):
        most = max(most, process.memory_info().rss)
        time.sleep(0.02)
    return most


class Sender:
    """A signed-in browser that uploads, as far as the server's part goes."""

    def __init__(self, address: Address, cookie: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(*address, timeout=600)
        self._headers = {"Cookie": cookie, "X-CSRFToken": token, "Tus-Resumable": "1.0.0"}

    def upload(self, size: int, piece: int) -> None:
        """One file of `size` bytes in pieces of `piece`, until the last byte is acknowledged."""
        said = {"filename": "film.mp4", "target": "benchmark", "shelf": "1"}
        metadata = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in said.items())
        answer = self._ask("POST", "/uploads/", b"", {"Upload-Length": str(size), "Upload-Metadata": metadata}, 201)
        path = answer["Location"]
        for at in range(0, size, piece):
            headers = {
                "Content-Type": "application/offset+octet-stream",
                "Upload-Offset": str(at),
                "Content-Length": str(min(piece, size - at)),
            }
            self._ask("PATCH", path, blocks(min(piece, size - at)), headers, 204)

    def _ask(
        self, method: str, path: str, body: bytes | Iterator[bytes], headers: dict[str, str], status: int
    ) -> dict[str, str]:
        self._connection.request(method, path, body, {**self._headers, **headers})
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != status:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")
        return dict(answer.getheaders())


def blocks(size: int) -> Iterator[bytes]:
    """`size` bytes, block by block."""
    while size > 0:
        yield BLOCK[: min(size, len(BLOCK))]
        size -= len(BLOCK)


def put(address: Address) -> None:
    """The same bytes by a plain PUT."""
    connection = http.client.HTTPConnection(*address, timeout=600)
    connection.request("PUT", "/film.mp4", blocks(SIZE), {"Content-Length": str(SIZE)})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status >= 300:
        raise RuntimeError(f"the plain write answered {answer.status}")


@contextmanager
def running(what: str, folder: Path) -> Iterator[tuple[Address, psutil.Process]]:
    """A server process of this file, until the block ends."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "benchmarks.uploads", what, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")  # noqa: S603 - our own command
    try:
        assert process.stdout is not None
        port = next(int(found[1]) for line in process.stdout if (found := re.search(r"127\.0\.0\.1:(\d+)", line)))
        yield ("127.0.0.1", port), psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def nginx(folder: Path) -> Iterator[Address | None]:
    """nginx with WebDAV, or None where it is not installed."""
    program = shutil.which("nginx")
    if program is None:
        yield None
        return
    folder.mkdir()
    port = 20_000 + os.getpid() % 20_000
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, user=_user()))
    process = subprocess.Popen([program, "-c", str(folder / "nginx.conf")])  # noqa: S603 - as installed
    try:
        time.sleep(1)
        yield ("127.0.0.1", port)
    finally:
        process.terminate()
        process.wait(60)


def _user() -> str:
    """Run by root, nginx's worker would be another user, who may not write into the folder."""
    return "user root; " if hasattr(os, "geteuid") and os.geteuid() == 0 else ""


def prepared(instance: Path) -> tuple[str, str]:
    """An instance with one teacher: the signed-in browser's cookie and its form token."""
    from flask_migrate import upgrade

    from contest_portal import create_app
    from contest_portal.core.actor import Role
    from contest_portal.settings import Settings
    from tests.factories import make_account, make_office, make_school, sign_in

    app = create_app(Settings(instance=instance), testing=True)
    with app.app_context():
        upgrade()
        client = sign_in(app.test_client(), make_account(Role.TEACHER, school=make_school(make_office())))
        token = client.get("/csrf").text
        kept = client.get_cookie("contest_portal")
        assert kept is not None
        return f"{kept.key}={kept.value}", token


def serve_site(instance: Path) -> None:
    """The site as it runs, without its worker: what a job does afterwards is not the upload."""
    from dataclasses import replace

    from contest_portal import create_app
    from contest_portal.core.cli import run_server
    from contest_portal.media.upload_targets import Target, register_target
    from contest_portal.settings import read_settings

    register_target("benchmark", Target("shelf", lambda *_: None, lambda *_: None, lambda *_: None))
    run_server(create_app(replace(read_settings(instance=instance), jobs_embedded=False)), "127.0.0.1", 0)


def serve_raw(folder: Path) -> None:
    """The same web server with an application that writes the body to the disk and does nothing else."""
    from waitress.server import create_server

    def application(environ: dict[str, object], start_response: Callable[..., object]) -> list[bytes]:
        with (folder / "written").open("wb") as file:
            shutil.copyfileobj(environ["wsgi.input"], file, 1 << 20)  # type: ignore[arg-type, misc]
            file.flush()
            os.fsync(file.fileno())
        start_response("201 Created", [("Content-Length", "0")])
        return []

    tempfile.tempdir = str(folder)
    server = create_server(application, host="127.0.0.1", port=0, max_request_body_size=SIZE * 2, recv_bytes=256 << 10)
    print(f"127.0.0.1:{server.effective_port}", flush=True)
    server.run()


if __name__ == "__main__":
    {"site": serve_site, "raw": serve_raw}[sys.argv[1]](Path(sys.argv[2]))

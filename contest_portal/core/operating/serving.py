"""The site as one process: web, jobs, schedule, figures; until it is told to stop."""

from __future__ import annotations

import time
from typing import Any

import click
from flask import Flask

from contest_portal.core.errors import Conflict
from contest_portal.core.job_worker import Worker, start_embedded
from contest_portal.core.operating.figures import serve_figures
from contest_portal.core.operating.stopping import Stop, serve_until_told, told_by_signals
from contest_portal.core.running_processes import SITE, WORKER, attend
from contest_portal.core.text import N_, Message
from contest_portal.core.upload_server import make_server


def run_server(app: Flask, host: str, port: int) -> None:
    """Serve until told to stop, with the embedded worker unless the settings say otherwise. Port 0 takes a free one."""
    settings = app.config["SETTINGS"]
    server = _listening(app, host, port)
    with told_by_signals() as stop, serve_figures(app):
        worker = start_embedded(app) if settings.jobs_embedded else None
        app.extensions["worker"] = worker
        attendance = attend(app, SITE, when_outdated=stop.tell)
        click.echo(f"网站已启动：http://{host}:{port or server.effective_port}/ （按 Ctrl+C 停止）")

        def end_jobs() -> None:
            if worker is not None:
                worker.begin_no_more(settings.stop_seconds)

        try:
            serve_until_told(server, stop, settings.stop_seconds, end_jobs)
        finally:
            attendance.close()
            if worker is not None:
                _wait_for(worker, stop)


def run_worker(app: Flask, lanes: tuple[str, ...]) -> None:
    """Do jobs until told to stop; those at work then have some seconds to end in."""
    seconds = app.config["SETTINGS"].stop_seconds
    with told_by_signals() as stop, serve_figures(app):
        worker = Worker(app, lanes)
        worker.start()
        app.extensions["worker"] = worker
        attendance = attend(app, WORKER, when_outdated=stop.tell)
        click.echo("后台任务已启动。（按 Ctrl+C 停止）")
        stop.asked.wait()
        stop.begin(seconds)
        worker.begin_no_more(seconds)
        attendance.close()
        _wait_for(worker, stop)
        click.echo("已停止。")


def _wait_for(worker: Worker, stop: Stop) -> None:
    """Until its jobs have ended or there is no more time; told once more, no longer."""
    while worker.is_ending and stop.seconds_left:
        time.sleep(0.1)
    worker.close(0.0, give_back=True)


def _listening(app: Flask, host: str, port: int) -> Any:
    try:
        return make_server(app, host, port)
    except OSError as failure:
        message = Message.of(
            N_("不能在 %(host)s:%(port)s 启动网站：端口已被占用或地址不可用。请用 --port 换一个端口。"),
            host=host,
            port=port,
        )
        raise Conflict("core.port_taken", message) from failure

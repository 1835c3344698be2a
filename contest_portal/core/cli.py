"""Commands that keep the program itself: database, audit trail, server, worker."""

from __future__ import annotations

import click
from flask import Flask

from contest_portal.core import jobs
from contest_portal.core.audit_commands import commands as audit_commands
from contest_portal.core.audit_keeping import keep_head
from contest_portal.core.backups.commands import commands as backup_commands
from contest_portal.core.commands import with_app
from contest_portal.core.key_commands import commands as key_commands
from contest_portal.core.key_rotation import remember_keys
from contest_portal.core.operating.commands import commands as operating_commands
from contest_portal.core.operating.logs import begin_to_log
from contest_portal.core.operating.serving import run_server, run_worker
from contest_portal.core.upgrading import bring_up_to_date, step_back

PORT = click.IntRange(0, 65535)
DONE = {
    "created": "数据库已建立。",
    "upgraded": "数据库已升级到当前版本。",
    "newer": "更新版本的程序已经升级了数据库；新增的内容不影响本程序，可以继续使用。",
}


@click.group("db")
def database() -> None:
    """数据库：建立与升级。"""


@database.command("upgrade")
@click.option(
    "--although-running",
    is_flag=True,
    help="网站还在运行，也做旧版本不能兼容的改动；旧版本的进程会在十几秒内自行停止，在那之前可能出错。",
)
@with_app
def upgrade(_app: Flask, although_running: bool) -> None:
    """升级到当前版本的数据库结构。只增加表、列和索引的，旧版本可以照常运行。"""
    done = bring_up_to_date(although_running=although_running)
    click.echo(DONE.get(done, "数据库已是当前版本。"))


@database.command("downgrade")
@click.argument("revision", default="-1")
@with_app
def downgrade(_app: Flask, revision: str) -> None:
    """退回到指定的数据库结构版本。"""
    step_back(revision)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="网站的地址。")
@click.option("--port", type=PORT, default=8000, show_default=True, help="网站的端口；0 为任选一个空闲的。")
@with_app
def serve(app: Flask, host: str, port: int) -> None:
    """启动网站（含后台任务）。数据库还没有建立或版本较旧的，先建立或升级。"""
    begin_to_log(app)
    _prepare_database()
    run_server(app, host, port)


def _prepare_database() -> None:
    done = bring_up_to_date()
    if done in DONE:
        click.echo(DONE[done])
    remember_keys()
    keep_head()


@click.command("worker")
@click.option(
    "--lane",
    type=click.Choice(jobs.LANES),
    help="只做一类任务：intake 收下上传的文件，quick 较快的，slow 较慢的，films 影片转换。",
)
@with_app
def work(app: Flask, lane: str | None) -> None:
    """单独运行后台任务。数据库还没有建立或版本较旧的，先建立或升级。"""
    begin_to_log(app)
    _prepare_database()
    run_worker(app, (lane,) if lane else jobs.LANES)


commands = [database, serve, work, *audit_commands, *operating_commands, *backup_commands, *key_commands]

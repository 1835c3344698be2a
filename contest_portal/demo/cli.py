"""The command `contest-portal demo`: the year 2018 from rosters to published lists, then the site that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import func, select

from contest_portal.core.cli import PORT, run_server
from contest_portal.core.commands import with_app
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.core.text import N_, Message
from contest_portal.core.upgrading import bring_up_to_date
from contest_portal.demo.logins import PASSWORD, Built, Login, logins_table, read_built, write_built
from contest_portal.demo.plan import FULL_SEED, Plan, full_plan
from contest_portal.demo.progress import Progress
from contest_portal.people.models import Office
from contest_portal.reports.cli import print_report
from contest_portal.reports.queries import annual_numbers, office_of_report
from contest_portal.settings import FILE as SETTINGS_FILE
from contest_portal.settings import PREFIX, Settings

LOGIN_NOTE = "这是示范网站，人物均为虚构，只用密码即可登录。正式网站的科协工作人员登录时还要二次验证。"


@click.command("demo")
@click.option("--no-serve", is_flag=True, help="只建立示范数据，不启动网站。")
@click.option("--seed", default=FULL_SEED, show_default=True, help="随机种子：相同的种子得到相同的数据。")
@click.option("--host", default="127.0.0.1", show_default=True, help="网站的地址。")
@click.option("--port", type=PORT, default=8000, show_default=True, help="网站的端口。")
@with_app
def demo(app: Flask, no_serve: bool, seed: int, host: str, port: int) -> None:
    """建立 2018 年竞赛的示范数据（从名册到公示），然后启动网站。已建立的直接启动。"""
    instance: Path = app.config["SETTINGS"].instance
    bring_up_to_date()
    built = standing_demo(instance)
    if built is None:
        built = build(app, full_plan(seed))
    else:
        click.echo(f"示范数据已经建立（{instance}），没有改动。")
        open_to_passwords(app)
    db.session.remove()
    _show_logins(built.logins, host, port, serves=not no_serve)
    if not no_serve:
        run_server(app, host, port)


def standing_demo(instance: Path) -> Built | None:
    """The finished demo that stands here already; None where the database is empty.

    Raises Conflict where the data are somebody's own, or of a demo that was broken off: nothing is ever removed.
    """
    offices = db.session.scalar(select(func.count()).select_from(Office))
    if not offices:
        return None
    built = read_built(instance)
    if built is None:
        message = Message.of(
            N_(
                "数据库中已有 %(count)s 个主办单位，示范数据没有建立，原有数据没有改动。"
                "请另选一个目录：contest-portal --instance 目录 demo"
            ),
            count=offices,
        )
        raise Conflict("demo.occupied", message)
    if not built.finished:
        message = Message.of(
            N_("上一次建立示范数据没有完成。请删除目录 %(folder)s 后重试，或用 --instance 另选一个目录。"),
            folder=instance,
        )
        raise Conflict("demo.unfinished", message)
    return built


def build(app: Flask, plan: Plan) -> Built:
    """Build the year and say how it goes; then the year's sentence and numbers."""
    from contest_portal.demo.year import build_year  # with all its makers: only where it is needed

    instance: Path = app.config["SETTINGS"].instance
    progress = Progress(lambda text, ends: click.echo(text, nl=ends))
    click.echo(f"正在建立 2018 年甘州区青少年科技创新大赛的示范数据（种子 {plan.seed}，人物均为虚构）：")
    write_built(instance, Built(plan.seed, finished=False))
    open_to_passwords(app)
    logins = build_year(app, plan, progress).logins
    built = Built(plan.seed, finished=True, logins=logins)
    write_built(instance, built)
    click.echo(f"完成，共用 {progress.seconds:.0f} 秒。数据目录：{instance}")
    click.echo()
    print_report(annual_numbers(office_of_report(None, 2018), 2018))
    click.echo()
    return built


def open_to_passwords(app: Flask) -> None:
    """Let everybody try the demo with a password alone: its instance folder says so, and its login page.

    A file that is there already stays as it is: somebody has decided otherwise.
    """
    settings: Settings = app.config["SETTINGS"]
    path = settings.instance / SETTINGS_FILE
    if path.exists():
        return
    text = f"{PREFIX}SECOND_FACTOR=optional\n{PREFIX}LOGIN_NOTE={LOGIN_NOTE}\n"
    path.touch(mode=0o600)  # as the look over a deployment wants it: settings may hold passwords
    path.write_text("# Of the demo: whoever has the password may look around.\n" + text, "utf-8")
    app.config["SETTINGS"] = replace(settings, second_factor="optional", login_note=LOGIN_NOTE)
    app.config["SECOND_FACTOR_REQUIRED"] = False


def _show_logins(logins: Sequence[Login], host: str, port: int, *, serves: bool) -> None:
    address = f"http://{host}:{port}/" if serves else "启动后（contest-portal serve）"
    click.echo(f"登录：{address}　用户名如下，密码都是 {PASSWORD}")
    click.echo(logins_table(logins))
    counts = {role: sum(one.role == role for one in logins) for role in ("学校管理员", "教师", "评委")}
    click.echo("  …… 共 " + "，".join(f"{role} {count} 名" for role, count in counts.items()))


commands = [demo]

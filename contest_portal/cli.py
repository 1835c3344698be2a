"""The command `contest-portal`. Each room adds its own group from its `cli.py`."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec

import click
from flask import Flask
from sqlalchemy.exc import OperationalError, ProgrammingError

from contest_portal import ROOMS, __version__, create_app
from contest_portal.core.console import show_problem, speak_chinese
from contest_portal.core.errors import DomainError, NotFound
from contest_portal.core.text import N_, Message
from contest_portal.settings import read_settings

GROUPS = (*ROOMS, "demo")
BEGINNERS = ("serve", "worker", "demo", "db", "restore")
"""Commands that may begin a new instance; for all others it must be there, or a slip of the pen would make an empty one."""


class Lazy:
    """The application of this call: made when a command first asks for it, so that `--help` stays quick."""

    def __init__(self, instance: str | None, *, may_begin: bool = True) -> None:
        self.instance, self.may_begin = instance, may_begin
        self._app: Flask | None = None

    @property
    def app(self) -> Flask:
        """Raises NotFound where the instance is not there and the command does not begin one."""
        if self._app is None:
            settings = read_settings(instance=self.instance)
            if not self.may_begin and not settings.instance.is_dir():
                message = Message.of(
                    N_(
                        "没有 %(folder)s 这个目录，没有做任何事。请核对 --instance（或 CONTEST_PORTAL_INSTANCE）；"
                        "要新建，请先运行 contest-portal db upgrade。"
                    ),
                    folder=str(settings.instance),
                )
                raise NotFound("core.no_instance", message)
            self._app = create_app(settings)
        return self._app


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--instance", metavar="DIR", help="状态所在的目录（数据库、文件、密钥）。")
@click.version_option(__version__)
@click.pass_context
def cli(context: click.Context, instance: str | None) -> None:
    """青少年科技竞赛平台：学校、作品、评审、名单。"""
    context.obj = Lazy(instance, may_begin=context.invoked_subcommand in BEGINNERS)


for _room in GROUPS:
    if find_spec(f"contest_portal.{_room}.cli") is not None:
        for _command in import_module(f"contest_portal.{_room}.cli").commands:
            cli.add_command(_command)

speak_chinese(cli)


def main() -> None:
    """Entry point: a domain error is a sentence on standard error and exit code 2, never a stack trace."""
    try:
        code = cli(standalone_mode=False)
        if isinstance(code, int) and code:  # a command that called `context.exit(code)`
            sys.exit(code)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.Abort:
        click.echo("已中断。", err=True)
        sys.exit(130)
    except click.ClickException as problem:
        show_problem(problem)
        sys.exit(problem.exit_code)
    except DomainError as error:
        click.echo(str(error.message), err=True)
        for detail in error.problems:
            if detail.message != error.message:
                click.echo(f"  {detail.message}", err=True)
        sys.exit(2)
    except (OperationalError, ProgrammingError) as failure:  # PostgreSQL says the latter of a table that is not there
        click.echo(f"数据库无法使用：{failure.orig}", err=True)
        click.echo("如果还没有建立或版本较旧，请先运行 contest-portal db upgrade。", err=True)
        sys.exit(2)
    except ValueError as problem:
        click.echo(str(problem), err=True)
        sys.exit(2)

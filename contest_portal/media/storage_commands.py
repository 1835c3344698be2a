"""Commands of stored files: verify, sweep, move."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import TypeVar

import click
from flask import Flask

from contest_portal.core.actor import console_actor
from contest_portal.core.commands import with_app
from contest_portal.core.current_storage import LOCAL, CurrentStorage
from contest_portal.core.i18n import size
from contest_portal.media.services.asking_processes import ProcessesCannot, ask_processes
from contest_portal.media.services.moving import Moved, check_move, move, remove_source, was_moved_to
from contest_portal.media.services.sweeping import sweep
from contest_portal.media.services.verifying import Verified, verify

TOLD_EVERY = 100
Counted = TypeVar("Counted", Verified, Moved)


@click.command("verify")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
@click.pass_context
@with_app
def verify_command(_app: Flask, context: click.Context, *, as_json: bool) -> None:
    """重新计算所有文件的哈希值：列出缺失的、内容变了的（各属哪件作品）、无人使用的、不是本程序存放的。有缺失或变化时退出码为 1。"""
    found = verify(_progress("已核对"))
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2))
    else:
        click.echo(f"共 {found.contents} 个文件，{size(found.size_bytes)}，被引用 {found.references} 处。")
        for label, names in (
            ("缺失", found.missing),
            ("内容已变", found.altered),
            ("无人使用", found.orphaned),
            ("不是本程序存放的", found.strangers),
        ):
            click.echo(f"{label}：{len(names)} 个")
            for name in names:
                click.echo(f"  {name}")
                for line in found.belongs.get(name, ()):
                    click.echo(f"    {line}")
    if not found.is_whole:
        context.exit(1)


@click.command("sweep")
@click.option("--dry-run", is_flag=True, help="只说会删除多少，什么也不删。")
@with_app
def sweep_command(_app: Flask, *, dry_run: bool) -> None:
    """删除无人使用、且 24 小时内没有再存过的文件。网站每天会自己做一次。"""
    done = sweep(console_actor(), dry_run=dry_run)
    word = "可以删除" if dry_run else "已删除"
    click.echo(f"{word}：{done.contents} 个文件，{size(done.size_bytes)}；{done.records} 条不再使用的文件记录。")
    if done.leftovers:
        click.echo(f"另清除了 {done.leftovers} 处中断时留下的残余。")


@click.command("move")
@click.option("--to", "target", metavar="URL", help="搬到哪里：s3://桶名/前缀?endpoint=… 或 file:///目录。")
@click.option("--to-local", is_flag=True, help="搬回状态目录里的 files。")
@click.option("--delete-source", is_flag=True, help="搬完后逐个核对，再删除原处的文件。")
@click.option("--anyway", is_flag=True, help="运行中的网站和后台任务用不了新的存储，也照样搬。")
@click.pass_context
@with_app
def move_command(
    app: Flask, context: click.Context, target: str | None, *, to_local: bool, delete_source: bool, anyway: bool
) -> None:
    """把所有文件搬到另一处存储。网站可以照常运行；搬移前先问运行中的各个进程能不能用新的存储。中断后再运行一次即可继续。"""
    if bool(target) == to_local:
        raise click.UsageError("请写明搬到哪里：--to URL 或 --to-local，二者选一。")
    stores: CurrentStorage = app.extensions["storage"]
    url = target or LOCAL
    if delete_source and was_moved_to(stores, url):
        done = Moved()
    else:
        check_move(stores, url)
        _ask_first(stores, url, anyway=anyway)
        done = move(console_actor(), stores, url, _progress("已搬移"))
        click.echo(f"搬移了 {done.contents} 个文件，{size(done.size_bytes)}；{done.already} 个已在目标处。")
    if done.altered:
        _tell_altered(done, "原处的内容与名称不符，没有搬移，网站仍从原处读取其余文件")
        context.exit(1)
    if delete_source:
        remove_source(console_actor(), stores, done)
        click.echo(f"已从原处删除 {done.removed} 个文件。")
        if done.altered:
            _tell_altered(done, "目标处没有完好的副本，原处的没有删除")
            context.exit(1)
    click.echo("搬移完成，网站已在使用新的存储。")
    if stores.configured != url:
        shown = "不设" if url == LOCAL else f"改为 {url}"
        click.echo(
            f"请在方便时把 CONTEST_PORTAL_STORAGE_URL {shown}。不改也不影响使用：搬移记在数据库里，网站仍用新的存储。"
        )
    if not delete_source:
        click.echo("原处的文件都还在，不再使用。确认无误后再运行一次同样的命令，加上 --delete-source 即可删除。")


def _ask_first(stores: CurrentStorage, url: str, *, anyway: bool) -> None:
    """Say what the running processes can do with the place. Raises ProcessesCannot, unless it is to be done anyway."""
    answers = ask_processes(stores, url)
    if not answers:
        click.echo("没有发现运行中的网站或后台任务。（启动它们时，要让它们也能使用新的存储。）")
        return
    for answer in answers:
        if answer.problem is None:
            click.echo(f"{answer.process}：能读写新的存储。")
    if any(answer.problem for answer in answers):
        problem = ProcessesCannot(answers)
        if not anyway:
            raise problem
        for detail in problem.problems:
            click.echo(f"{detail.message}", err=True)
        click.echo("照样搬移：这些进程在改好并重新启动之前打不开文件。", err=True)


def _tell_altered(done: Moved, why: str) -> None:
    click.echo(f"{why}：{len(done.altered)} 个", err=True)
    for name in done.altered:
        click.echo(f"  {name}", err=True)


def _progress(label: str) -> Callable[[Counted], None]:
    """A line on standard error that counts, where somebody is looking."""

    def tell(so_far: Counted) -> None:
        if so_far.contents % TOLD_EVERY == 0 and sys.stderr.isatty():
            click.echo(f"\r{label} {so_far.contents} 个，{size(so_far.size_bytes)}", nl=False, err=True)

    return tell


commands = (verify_command, sweep_command, move_command)

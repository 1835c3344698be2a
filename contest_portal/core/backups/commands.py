"""`contest-portal backup` and `contest-portal restore`."""

from __future__ import annotations

import click
from flask import Flask

from contest_portal.core.actor import console_actor
from contest_portal.core.backups.restoring import chosen_backup, restore
from contest_portal.core.backups.taking import take_backup
from contest_portal.core.backups.verifying import require_whole
from contest_portal.core.clock import local
from contest_portal.core.commands import with_app
from contest_portal.core.errors import Invalid
from contest_portal.core.text import N_


@click.command("backup")
@click.argument("place", metavar="DIR")
@click.option("--to-storage", is_flag=True, help="同时放一份到文件存储（STORAGE_URL）的 backups/ 之下。")
@click.option("--verify", is_flag=True, help="不做备份，只把已有的最新一份从头到尾核对一遍。")
@click.option("--generation", default="", help="与 --verify 同用：核对指定的一份。")
@click.pass_context
@with_app
def backup(app: Flask, context: click.Context, place: str, to_storage: bool, verify: bool, generation: str) -> None:
    """备份整个网站到 DIR（目录或 s3:// 地址）：数据、文件，加密的还包括密钥。网站可以照常使用。"""
    if verify:
        vault, manifest = chosen_backup(place, generation)
        require_whole(vault, manifest)
        click.echo(f"备份 {manifest.generation} 完整：{len(manifest.tables)} 张表，{manifest.file_count} 个文件。")
        return
    taken = take_backup(console_actor(), place, also_at=storage_address(app) if to_storage else "")
    made = taken.manifest
    rows = sum(one.rows for one in made.tables.values())
    click.echo(f"已备份到 {taken.place}：{made.generation}，{local(made.when):%Y-%m-%d %H:%M:%S} 的数据。")
    click.echo(f"{rows} 行数据，{made.file_count} 个文件（新增 {taken.new_file_count} 个），已核对。")
    click.echo(f"操作记录链：{made.audit_count} 条，{made.audit_digest[:16]}")
    if not made.secrets:
        click.echo("没有加密，密钥不在备份中：请另外保管实例目录下的 secrets 目录，没有它就读不出证件号码和电话。")
    if made.missing:
        click.echo(f"网站上有 {len(made.missing)} 个文件已经丢失，备份里也没有，第一个是 {made.missing[0]}。", err=True)
        context.exit(1)


@click.command("restore")
@click.argument("place", metavar="DIR")
@click.option("--generation", default="", help="恢复指定的一份；不写就是最新的一份。")
@with_app
def restore_backup(_app: Flask, place: str, generation: str) -> None:
    """从 DIR 恢复到空的实例目录和空的数据库。已有数据的地方不动。"""
    restored = restore(place, generation, told=click.echo)
    made = restored.manifest
    click.echo(
        f"已恢复 {local(made.when):%Y-%m-%d %H:%M:%S} 的备份：{restored.rows} 行数据，{made.file_count} 个文件。"
    )
    click.echo(f"操作记录完整：共 {made.audit_count} 条，{made.audit_digest[:16]}")
    if made.missing:
        click.echo(f"有 {len(made.missing)} 个文件在备份时就已丢失。", err=True)
    click.echo("所有人都要重新登录，没有用过的邀请和重设密码的链接已失效：备份之后谁退出过、谁被停用过，备份并不知道。")
    click.echo("接下来：用 contest-portal serve 启动，登录后看几件作品和名单，再把网址指向这里。")


def storage_address(app: Flask) -> str:
    """The S3-compatible storage of the settings. Raises Invalid where files lie in a folder."""
    url: str = app.config["SETTINGS"].storage_url
    if not url.startswith("s3://"):
        raise Invalid("core.backup_no_storage", N_("文件没有存放在 S3 存储上，不能用 --to-storage。请只写备份的目录。"))
    return url


commands = [backup, restore_backup]

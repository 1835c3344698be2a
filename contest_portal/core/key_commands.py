"""`contest-portal keys`: the versions of the key by which fields are sealed."""

from __future__ import annotations

import click
from flask import Flask

from contest_portal.core import key_rotation
from contest_portal.core.actor import console_actor
from contest_portal.core.commands import with_app


@click.group("keys")
def keys() -> None:
    """加密证件号码、电话等内容的密钥。"""


@keys.command("list")
@with_app
def list_keys(_app: Flask) -> None:
    """列出密钥的各个版本，以及各加密了多少内容。"""
    for one in key_rotation.key_states():
        place = f"指纹 {one.fingerprint}" if one.fingerprint else "不在这里"
        used = "，正在使用" if one.is_used else ""
        click.echo(f"第 {one.version} 版：{place}，加密了 {one.values} 项{used}")


@keys.command("rotate")
@click.option("--prepare", is_flag=True, help="只生成新版本、暂不使用：有多台服务器时，先把它拷到每一台。")
@with_app
def rotate(app: Flask, prepare: bool) -> None:
    """换用新版本的密钥，把已有内容逐步改用新密钥加密。网站可以照常使用；中断后再运行一次，会接着做。"""
    if prepare:
        version = key_rotation.prepare()
        path = app.config["SETTINGS"].instance / "secrets" / f"data_key.{version}"
        click.echo(
            f"已生成第 {version} 版：{path}。请拷到每台服务器的 secrets 目录，再运行 contest-portal keys rotate。"
        )
        return
    done = key_rotation.rotate(console_actor(), told=lambda step, count: click.echo(f"  {step}：{count}"))
    click.echo(f"已换用第 {done.version} 版密钥：{done.values} 项内容，{done.digests} 个检索码，{done.files} 个文件。")
    click.echo("请再做一次备份。旧版本的密钥请继续保留：旧备份、登录和查询码还要用到它。")


commands = [keys]

"""`contest-portal handoff keys`, `… partner …`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from contest_portal.core.actor import console_actor
from contest_portal.core.commands import looked_up, with_app
from contest_portal.core.database import db, found
from contest_portal.core.text import N_
from contest_portal.results.handoff.commands.group import (
    FILE,
    TARGET,
    handoff_group,
    office_named,
    require_writable,
    telling_problems,
)
from contest_portal.results.handoff.models import HandoffPartner
from contest_portal.results.handoff.package.keys import spoken
from contest_portal.results.handoff.services import keys as handoff_keys


@handoff_group.command("keys")
@click.option("--office", default="", help="主办单位的全称或简称；只有一个单位时可不写。")
@click.option("-o", "--output", type=TARGET, help="把公钥写成文件，发给往来单位。")
@with_app
def keys(_app: Flask, office: str, output: Path | None) -> None:
    """显示本单位的指纹，导出公钥；第一次运行时生成密钥。"""
    own = office_named(office)
    row = handoff_keys.ensure_keys(console_actor(), own.id)
    click.echo(f"{own.name}\n指纹：{spoken(row.fingerprint)}\n完整指纹：{row.fingerprint}")
    if output:
        require_writable(output)
        output.write_bytes(handoff_keys.own_key_file(console_actor(), own.id))
        click.echo(f"公钥已写入 {output}。请发给对方，并在电话中核对指纹。")


@handoff_group.group("partner")
def partner_group() -> None:
    """往来单位的公钥。"""


@partner_group.command("list")
@click.option("--office", default="", help="主办单位的全称或简称。")
@with_app
def list_partners(_app: Flask, office: str) -> None:
    """列出往来单位和指纹。"""
    states = {"waiting": "待确认", "confirmed": "已确认", "removed": "已停用"}
    rows = db.session.scalars(
        select(HandoffPartner).where(HandoffPartner.office_id == office_named(office).id).order_by(HandoffPartner.id)
    )
    for row in rows:
        click.echo(f"{row.id}\t{row.name}\t{states[row.state]}\t{spoken(row.fingerprint)}")


@partner_group.command("add")
@click.argument("file", type=FILE)
@click.option("--office", default="", help="主办单位的全称或简称。")
@click.pass_context
def add_partner(context: click.Context, file: Path, office: str) -> None:
    """导入往来单位的公钥 FILE，待电话核对后确认。"""
    with context.obj.app.app_context(), telling_problems(context):
        row = handoff_keys.add_partner(console_actor(), office_named(office).id, file.read_bytes())
        click.echo(f"已导入「{row.name}」（编号 {row.id}），待确认。\n指纹：{spoken(row.fingerprint)}")


@partner_group.command("confirm")
@click.argument("number", type=int)
@click.argument("heard")
@with_app
def confirm_partner(_app: Flask, number: int, heard: str) -> None:
    """确认编号为 NUMBER 的单位；HEARD 是对方在电话中读出的指纹最后两组（8 位）。"""
    looked_up(lambda one: found(HandoffPartner, one), number, N_("往来单位"))
    row = handoff_keys.confirm_partner(console_actor(), number, heard)
    click.echo(f"已确认「{row.name}」。")

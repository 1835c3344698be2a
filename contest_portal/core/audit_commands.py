"""`contest-portal audit`: whether the trail of acts is whole; a new seal where somebody knows why the old one does not fit."""

from __future__ import annotations

import click
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from contest_portal.core import audit
from contest_portal.core.actor import console_actor
from contest_portal.core.audit import AnySession
from contest_portal.core.audit_keeping import examine, seal_anew
from contest_portal.core.audit_seal import Seal, version_of
from contest_portal.core.commands import with_app
from contest_portal.core.database import db

UNCHECKED = 3
"""What the command ends with where the chain fits and the seal could not be looked at."""
SEALS = {
    Seal.WRONG: "操作记录链首尾相接，但封印不符：有人不经程序改写了整条链或它的末尾。请从备份中恢复，或查明原因后运行 contest-portal audit seal。",
    Seal.MISSING: "操作记录链首尾相接，但封印被去掉了：有人不经程序改写过数据库。请从备份中恢复，或查明原因后运行 contest-portal audit seal。",
    Seal.NO_KEY: "操作记录链首尾相接，但这里没有第 {version} 版密钥，没有能够核对封印：不能排除整条链被重写。请把 secrets 目录拷到这里再核对。",
}
WITHOUT_KEY = (
    "已核对：共 {count} 条，首尾相接，校验码 {digest}。没有密钥，没有能够核对封印：会写数据库的人可以把整条链重写一遍，"
    "这里看不出来。请用 --head 给出以前印出的校验码，或在有密钥的服务器上再核对。"
)


@click.group("audit")
def audit_group() -> None:
    """操作记录。"""


@audit_group.command("verify")
@click.option(
    "--head",
    "heads",
    multiple=True,
    metavar="N:CODE",
    help="以前印出或记下的「操作记录链」：条数和校验码；可以写多次。",
)
@click.option("--without-key", metavar="DATABASE_URL", help="没有密钥时，只核对这个数据库里的哈希链。")
@click.pass_context
def verify(context: click.Context, heads: tuple[str, ...], without_key: str | None) -> None:
    """核对操作记录：哈希链、末尾的封印、密钥旁留存的和以前印出的校验码。"""
    if without_key is not None:
        _verify_without_key(context, without_key, heads)
    else:
        context.invoke(_verify_here, heads=heads)


@click.command("here")
@click.pass_context
@with_app
def _verify_here(_app: Flask, context: click.Context, heads: tuple[str, ...]) -> None:
    found = examine(db.session)
    _require_chain(context, found.broken)
    if found.lost is not None:
        told = f"{found.lost.count}:{found.lost.digest[: audit.SHORTEST_DIGEST]}"
        _fail(context, f"现在的操作记录里没有密钥旁留存的 {told}：这一条或它以前的记录被截断或重写过。")
    _require_heads(context, db.session, heads)
    count, digest, seal = audit.head_row(db.session)
    if found.seal in SEALS:
        words = SEALS[found.seal].format(version=version_of(seal))
        _fail(context, words, UNCHECKED if found.seal is Seal.NO_KEY else 1)
    told = "封印相符" if found.seal is Seal.RIGHT else "还没有封印"
    click.echo(f"操作记录完整：共 {count} 条，校验码 {digest[: audit.SHORTEST_DIGEST]}，{told}。")


def _verify_without_key(context: click.Context, address: str, heads: tuple[str, ...]) -> None:
    engine = create_engine(address, hide_parameters=True)
    try:
        with Session(engine) as session:
            _require_chain(context, audit.verify(session)[1])
            _require_heads(context, session, heads)
            count, digest = audit.head(session)
    finally:
        engine.dispose()
    _fail(context, WITHOUT_KEY.format(count=count, digest=digest[: audit.SHORTEST_DIGEST]), UNCHECKED)


def _require_chain(context: click.Context, broken: int | None) -> None:
    if broken is not None:
        _fail(context, f"操作记录在第 {broken} 条处不一致。")


def _require_heads(context: click.Context, session: AnySession, heads: tuple[str, ...]) -> None:
    for text in heads:
        number, _colon, digest = text.partition(":")
        if not number.isdigit() or len(digest) < audit.SHORTEST_DIGEST:
            raise click.BadParameter(f"{text}：应为 条数:校验码，校验码至少 {audit.SHORTEST_DIGEST} 位。")
        if not audit.fits(session, int(number), digest):
            _fail(context, f"现在的操作记录里没有 {text}：这一条或它以前的记录被截断或重写过。")


def _fail(context: click.Context, words: str, status: int = 1) -> None:
    click.echo(words, err=True)
    context.exit(status)


@audit_group.command("seal")
@click.option("--why", required=True, help="原因，写入操作记录。")
@with_app
def seal(_app: Flask, why: str) -> None:
    """查明封印不符的原因后，给现有的操作记录重新加封。哈希链本身不一致的不能加封。"""
    seal_anew(console_actor(), why)
    count, digest = audit.head(db.session)
    click.echo(f"已加封：共 {count} 条，校验码 {digest[: audit.SHORTEST_DIGEST]}。")


commands = [audit_group]

"""`contest-portal certificates check`: is a PDF a certificate of this site, unchanged and still valid?"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from contest_portal.core.commands import with_app
from contest_portal.core.database import db
from contest_portal.core.i18n import day
from contest_portal.results.certificates.models import Certificate
from contest_portal.results.certificates.services.keys import certificates_of
from contest_portal.results.certificates.signing import SignatureState, check_signature

GOOD, CHANGED, REVOKED, STRANGE = 0, 1, 3, 4


@click.group("certificates")
def certificates_group() -> None:
    """证书。"""


@certificates_group.command("check")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@with_app
def check_certificate_file(_app: Flask, /, file: Path, *, as_json: bool) -> None:
    """核对 FILE（PDF）是不是本网站签发的证书，签名后有没有改动，现在是否有效。

    退出码：0 有效，1 签名后被改动，3 已撤销，4 不是本网站签发的。
    """
    content = file.read_bytes()
    state = check_signature(content, certificates_of())
    row = db.session.scalar(
        select(Certificate).where(Certificate.file_sha256 == hashlib.sha256(content).hexdigest()).limit(1)
    )
    code = _code(state, row)
    if as_json:
        found = {"number": row.number, "state": row.state, "revoked_on": day(row.revoked_at)} if row else None
        answer = {"signed": state.is_signed, "intact": state.is_intact, "known": state.is_known, "signer": state.signer}
        click.echo(json.dumps({**answer, "certificate": found, "code": code}, ensure_ascii=False))
    else:
        click.echo(_words(code, state, row))
    click.get_current_context().exit(code)


def _code(state: SignatureState, row: Certificate | None) -> int:
    if not state.is_signed or (state.is_intact and not state.is_known):
        return STRANGE
    if not state.is_intact:
        return CHANGED
    return REVOKED if row is not None and row.state == "revoked" else GOOD


def _words(code: int, state: SignatureState, row: Certificate | None) -> str:
    number = row.number if row is not None else "（编号见文件；登记表里现在是另一个文件）"
    if code == GOOD:
        return f"有效：{number}，签名者 {state.signer}，签名后没有改动。"
    if code == REVOKED:
        return f"已撤销：{number}，撤销日期 {day(row.revoked_at) if row else ''}。"
    if code == CHANGED:
        return "签名后被改动过，不可采信。"
    return "没有签名。" if not state.is_signed else f"不是本网站签发的：签名者 {state.signer}。"

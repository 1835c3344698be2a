"""`contest-portal handoff export`, `… inspect`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import console_actor
from contest_portal.core.commands import looked_up, with_app
from contest_portal.core.database import db, found
from contest_portal.core.i18n import size
from contest_portal.core.storage import storage
from contest_portal.core.text import N_
from contest_portal.results.handoff.commands.group import (
    FILE,
    TARGET,
    handoff_group,
    require_writable,
    telling_problems,
)
from contest_portal.results.handoff.models import Handoff, OfficeKeys
from contest_portal.results.handoff.package.envelope import HEAD_BYTES, is_sealed, receiver_of
from contest_portal.results.handoff.package.keys import PrivateKeys, spoken
from contest_portal.results.handoff.package.problems import PackageProblem
from contest_portal.results.handoff.package.reading import Package
from contest_portal.results.handoff.services import opening, sending


@handoff_group.command("export")
@click.argument("contest", type=int)
@click.option("-o", "--output", type=TARGET, required=True, help="写到哪个文件。")
@click.option("--to", "partner", type=int, help="加密给这个往来单位（编号见 handoff partner list）。")
@click.option("--id-numbers", is_flag=True, help="包含身份证号（必须加密）。")
@click.option("--phones", is_flag=True, help="包含联系电话。")
@with_app
def export(_app: Flask, contest: int, output: Path, partner: int | None, id_numbers: bool, phones: bool) -> None:
    """生成赛事 CONTEST 的上报包：签名、可加密，含名单、汇总表、申报书和全部材料。"""
    looked_up(lambda one: found(Contest, one), contest, N_("赛事"))
    require_writable(output)
    row = sending.begin_package(console_actor(), contest, partner_id=partner, id_numbers=id_numbers, phones=phones)
    sending.make_package(row.id)
    row = found(Handoff, row.id)
    db.session.refresh(row)
    with storage().local_copy(row.package_file_sha256 or "") as stored:
        shutil.copyfile(stored, output)
    click.echo(f"已写入 {output}（{size(row.package_bytes)}）：第 {row.revision} 版，{len(row.lines)} 件作品。")
    if left_out := row.options.get("left_out"):
        click.echo(f"因异议成立没有上报：{'、'.join(left_out)}")
    click.echo(f"收据号 {row.receipt_number}，校验码 {row.digest}")


@handoff_group.command("inspect")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.pass_context
def inspect(context: click.Context, file: Path, as_json: bool) -> None:
    """检查上报包或结果文件 FILE：签名、每个文件的校验码、数量。不需要数据库；加密的包要用 --instance 指明收件单位。

    退出码：3 不是上报包，4 不完整，5 被改动，6 版本太新，7 收件单位不符或没有密钥，8 不安全或过大。
    """
    with telling_problems(context, as_json=as_json), file.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        stream.seek(0)
        sealed_to = receiver_of(head) if is_sealed(head) else ""
        with _opened(context, stream, sealed_to) as package:
            package.verify_files()
            if package.manifest.kind == "entries":
                opening.content_of_package(package)
            told = _told(package, sealed_to)
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else _in_words(told))


@contextmanager
def _opened(context: click.Context, stream: Any, sealed_to: str) -> Iterator[Package]:
    """The package; one that is encrypted with the keys of the instance that was named."""
    if not sealed_to:
        yield Package(stream)
        return
    if context.obj.instance is None:
        with opening.opened_stream(stream, None) as package:
            yield package
        return
    with context.obj.app.app_context():
        rows = list(db.session.scalars(select(OfficeKeys)))
        row = next((one for one in rows if one.fingerprint == sealed_to), None)
        if row is None:
            raise PackageProblem(
                "wrong_receiver",
                N_("这个包是加密给指纹为 %(wanted)s 的单位的，本系统没有这个单位的密钥，无法打开。"),
                wanted=spoken(sealed_to),
            )
        with opening.opened_stream(stream, PrivateKeys.from_text(row.private_keys)) as package:
            yield package


def _told(package: Package, sealed_to: str) -> dict[str, Any]:
    manifest = package.manifest
    return {
        "ok": True,
        "kind": manifest.kind,
        "id": manifest.id,
        "revision": manifest.revision,
        "from": manifest.sender,
        "fingerprint": manifest.fingerprint,
        "to": manifest.receiver,
        "sealed_to": sealed_to,
        "contest": manifest.contest_name,
        "made_at": manifest.made_at,
        "has_id_numbers": manifest.has_id_numbers,
        "has_phones": manifest.has_phones,
        "counts": [{"code": one.code, "name": one.name, "entries": one.entries} for one in manifest.counts],
        "entries": manifest.entry_count,
        "files": len(manifest.files),
        "bytes": manifest.total_bytes,
        "sha256": package.manifest_sha256,
    }


def _in_words(told: dict[str, Any]) -> str:
    kind = "上报包" if told["kind"] == "entries" else "结果文件"
    lines = [
        f"{kind}完好：签名有效，{told['files']} 个文件的校验码全部相符。",
        f"报送：{told['from']}　{told['contest']}　第 {told['revision']} 版　{told['made_at']}",
        f"收件：{told['to'] or '未写明'}{'（加密）' if told['sealed_to'] else ''}",
        *(f"  {one['name']}：{one['entries']} 件" for one in told["counts"]),
        f"共 {told['entries']} 件，{size(told['bytes'])}",
        f"含身份证号：{'是' if told['has_id_numbers'] else '否'}　含电话：{'是' if told['has_phones'] else '否'}",
        f"签名单位的指纹：{spoken(told['fingerprint'])}（是否认识这个单位，导入时核对）",
        f"校验码：{told['sha256']}",
    ]
    return "\n".join(lines)

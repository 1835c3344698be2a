"""`contest-portal handoff …`: keys, packages for the upper office, what comes in, results on their way back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
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
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.core.i18n import size
from contest_portal.core.kept_messages import kept
from contest_portal.core.storage import storage
from contest_portal.core.text import N_, Message
from contest_portal.people.models import Office
from contest_portal.results.handoff.models import Handoff, HandoffPartner, OfficeKeys
from contest_portal.results.handoff.package.envelope import HEAD_BYTES, is_sealed, receiver_of
from contest_portal.results.handoff.package.keys import PrivateKeys, spoken
from contest_portal.results.handoff.package.problems import PackageProblem
from contest_portal.results.handoff.package.reading import Package
from contest_portal.results.handoff.services import answers, receiving, sending
from contest_portal.results.handoff.services import keys as handoff_keys
from contest_portal.results.handoff.services.taking import categories_for, over_places
from contest_portal.results.loading import contest_with_categories

OUTCOMES = {
    "new": "新增",
    "same": "已有，相同",
    "changed": "更新",
    "kept": "已审核，不改动",
    "withdrawn": "不再推荐，撤回",
    "sent": "已上报",
}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, path_type=Path)


@click.group("handoff")
def handoff_group() -> None:
    """上报：公钥、上报包、收件、结果送回。"""


@contextmanager
def telling_problems(context: click.Context, *, as_json: bool = False) -> Iterator[None]:
    """What is wrong with a package is a sentence on standard error (or JSON) and an exit code of its own."""
    try:
        yield
    except PackageProblem as problem:
        if as_json:
            click.echo(json.dumps({"ok": False, "code": problem.reason, "message": str(problem)}, ensure_ascii=False))
        else:
            click.echo(str(problem), err=True)
        context.exit(problem.exit_code)


def _office(name: str) -> Office:
    """The office of that name, or the only one that works here. Raises NotFound, Invalid."""
    rows = list(db.session.scalars(select(Office).where(~Office.is_sender_record).order_by(Office.id)))
    known = [row for row in rows if not name or name in {row.name, row.short_name}]
    if len(known) == 1:
        return known[0]
    if name:
        raise NotFound("handoff.no_office", Message.of(N_("没有名为「%(name)s」的主办单位。"), name=name))
    raise Invalid("handoff.which_office", N_("请用 --office 写明主办单位。"))


@handoff_group.command("keys")
@click.option("--office", default="", help="主办单位的全称或简称；只有一个单位时可不写。")
@click.option("-o", "--output", type=TARGET, help="把公钥写成文件，发给往来单位。")
@with_app
def keys(_app: Flask, office: str, output: Path | None) -> None:
    """显示本单位的指纹，导出公钥；第一次运行时生成密钥。"""
    own = _office(office)
    row = handoff_keys.ensure_keys(console_actor(), own.id)
    click.echo(f"{own.name}\n指纹：{spoken(row.fingerprint)}\n完整指纹：{row.fingerprint}")
    if output:
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
        select(HandoffPartner).where(HandoffPartner.office_id == _office(office).id).order_by(HandoffPartner.id)
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
        row = handoff_keys.add_partner(console_actor(), _office(office).id, file.read_bytes())
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
                receiving.content_of_package(package)
            told = _told(package, sealed_to)
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else _in_words(told))


@contextmanager
def _opened(context: click.Context, stream: Any, sealed_to: str) -> Iterator[Package]:
    """The package; one that is encrypted with the keys of the instance that was named."""
    if not sealed_to:
        yield Package(stream)
        return
    if context.obj.instance is None:
        with receiving.opened_stream(stream, None) as package:
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
        with receiving.opened_stream(stream, PrivateKeys.from_text(row.private_keys)) as package:
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


@handoff_group.command("import")
@click.argument("file", type=FILE)
@click.option("--contest", type=int, help="收进哪项赛事；结果文件可不写。")
@click.option("--map", "mapped", multiple=True, metavar="对方代号=本方代号", help="类别对应，可写多次。")
@click.option("--office", default="", help="导入结果文件的主办单位；只有一个单位时可不写。")
@click.option("--yes", is_flag=True, help="看过预览就收下，不再询问。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON；不加 --yes 时只预览。")
@click.pass_context
def import_file(
    context: click.Context,
    file: Path,
    contest: int | None,
    mapped: Sequence[str],
    office: str,
    yes: bool,
    as_json: bool,
) -> None:
    """收下上报包，或导入上级送回的结果文件 FILE。先检查、预览，再收下；有问题的包一件也不收。

    退出码同 inspect，另有：9 签名单位没有确认。
    """
    with context.obj.app.app_context(), telling_problems(context, as_json=as_json):
        if contest is None:
            _import_results(file, office)
        else:
            _import_entries(file, contest, mapped, yes=yes, as_json=as_json)


def _import_results(file: Path, office: str) -> None:
    with file.open("rb") as stream:
        content = stream.read(answers.MOST_RESULT_BYTES + 1)
    row = answers.take_results(console_actor(), _office(office).id, content)
    awards = sum(len(line.answer.get("awards", [])) for line in row.lines)
    click.echo(
        f"已导入：第 {row.revision} 版上报（收据 {row.receipt_number}）的 {len(row.lines)} 件作品，{awards} 个奖项。"
    )


def _import_entries(file: Path, contest_id: int, mapped: Sequence[str], *, yes: bool, as_json: bool) -> None:
    looked_up(lambda one: found(Contest, one), contest_id, N_("赛事"))
    actor = console_actor()
    stored = storage().put_path(file)
    row = receiving.receive_package(actor, contest_id, stored.sha256, file.name, stored.size)
    try:
        receiving.check_now(row.id)
    except receiving.KnownAlready as known:
        if not known.is_waiting:
            _tell(known.handoff_id, str(known), as_json=as_json)
            return
        row = found(Handoff, known.handoff_id)
    if mapped:
        receiving.choose_categories(actor, row.id, _mapping(contest_id, mapped), _version(row.id))
    preview = _preview(row.id)
    if not as_json:
        click.echo(_preview_words(preview))
    if not yes and (as_json or not click.confirm("收下吗？")):
        if as_json:
            click.echo(json.dumps(preview, ensure_ascii=False))
        return
    receiving.ask_to_take(actor, row.id, _version(row.id))
    receiving.take_package(actor, row.id)
    _tell(row.id, "", as_json=as_json)


def _version(handoff_id: int) -> int:
    return found(Handoff, handoff_id).version


def _mapping(contest_id: int, mapped: Sequence[str]) -> dict[str, int]:
    contest = contest_with_categories(contest_id)
    assert contest is not None
    own = {one.code: one.id for one in contest.categories}
    pairs = [one.partition("=") for one in mapped]
    for theirs, _sign, ours in pairs:
        if not theirs or ours not in own:
            message = Message.of(N_("--map 应写成 对方代号=本方代号，本方代号有：%(known)s。"), known="、".join(own))
            raise Invalid("handoff.map", message)
    return {theirs: own[ours] for theirs, _sign, ours in pairs}


def _preview(handoff_id: int) -> dict[str, Any]:
    row = found(Handoff, handoff_id)
    contest = contest_with_categories(row.contest_id)
    assert contest is not None
    mapping = categories_for(row, contest)
    return {
        "ok": True,
        "handoff": row.id,
        "state": row.state,
        "from": row.counterpart,
        "revision": row.revision,
        "categories": [
            {**one, "here": mapping[one["code"]].code if one["code"] in mapping else None}
            for one in row.document["counts"]
        ],
        "over_places": [str(one) for one in over_places(row, contest, row.lines)],
        "entries": [{"number": line.source_number, "title": line.title, "outcome": line.outcome} for line in row.lines],
    }


def _preview_words(preview: dict[str, Any]) -> str:
    lines = [f"{preview['from']}　第 {preview['revision']} 版"]
    for one in preview["categories"]:
        here = one["here"] or "没有相同代号的类别，请用 --map 写明"
        lines.append(f"  {one['name']}（{one['code']}）{one['entries']} 件 → {here}")
    lines += [f"  超出名额：{one}" for one in preview["over_places"]]
    for outcome, word in OUTCOMES.items():
        count = sum(one["outcome"] == outcome for one in preview["entries"])
        if count:
            lines.append(f"  {word}：{count} 件")
    return "\n".join(lines)


def _tell(handoff_id: int, words: str, *, as_json: bool) -> None:
    row = found(Handoff, handoff_id)
    db.session.refresh(row)
    problem = str(kept(row.problem)) if row.problem else ""
    if as_json:
        told = {**_preview(handoff_id), "receipt": row.receipt_number, "sha256": row.digest, "known": bool(words)}
        click.echo(json.dumps({**told, "message": words or problem}, ensure_ascii=False))
        return
    click.echo(words or f"已收下，收据号 {row.receipt_number}，校验码 {row.digest}")


@handoff_group.command("results")
@click.argument("contest", type=int)
@click.option("-d", "--folder", type=click.Path(file_okay=False, path_type=Path), required=True, help="写到哪个目录。")
@with_app
def write_results(_app: Flask, contest: int, folder: Path) -> None:
    """为赛事 CONTEST 收到的每次上报写一个签名的结果文件，发回报送单位。"""
    looked_up(lambda one: found(Contest, one), contest, N_("赛事"))
    rows = db.session.scalars(
        select(Handoff)
        .where(Handoff.contest_id == contest, Handoff.direction == "in", Handoff.state.in_(["taken", "returned"]))
        .order_by(Handoff.id)
    ).all()
    if not rows:
        raise Conflict("handoff.none_taken", N_("这项赛事还没有收下任何上报。"))
    folder.mkdir(parents=True, exist_ok=True)
    for number in [row.id for row in rows]:
        content, name = answers.results_file(console_actor(), number)
        (folder / name).write_bytes(content)
        click.echo(str(folder / name))

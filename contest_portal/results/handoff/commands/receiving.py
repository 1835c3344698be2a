"""`contest-portal handoff import`, `… results`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import console_actor
from contest_portal.core.commands import looked_up, with_app
from contest_portal.core.database import db, found
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.kept_messages import kept
from contest_portal.core.storage import storage
from contest_portal.core.text import N_, Message
from contest_portal.results.handoff.commands.group import FILE, handoff_group, office_named, telling_problems
from contest_portal.results.handoff.models import Handoff
from contest_portal.results.handoff.package.problems import PackageProblem
from contest_portal.results.handoff.queries.addressed import other_receiver
from contest_portal.results.handoff.services import answers, deciding, receiving
from contest_portal.results.handoff.services.deciding import WRONG_RECEIVER
from contest_portal.results.handoff.services.mapping import categories_for
from contest_portal.results.handoff.services.places import over_places
from contest_portal.results.loading import contest_with_categories

OUTCOMES = {
    "new": "新增",
    "same": "已有，相同",
    "changed": "更新",
    "kept": "已审核，不改动",
    "withdrawn": "不再推荐，撤回",
    "recalled": "报送单位已撤回，待处理",
    "sent": "已上报",
}


@dataclass(frozen=True)
class Wishes:
    """The options of `import`: without asking, as JSON, although for another office, with the works taken out."""

    yes: bool
    as_json: bool
    for_other: bool
    taking_out: bool


@handoff_group.command("import")
@click.argument("file", type=FILE)
@click.option("--contest", type=int, help="收进哪项赛事；结果文件可不写。")
@click.option("--map", "mapped", multiple=True, metavar="对方代号=本方代号", help="类别对应，可写多次。")
@click.option("--office", default="", help="导入结果文件的主办单位；只有一个单位时可不写。")
@click.option("--other-receiver", "for_other", is_flag=True, help="包写明的收件单位不是本单位，核实之后仍然收下。")
@click.option("--take-out", "taking_out", is_flag=True, help="对方撤回、本方已审核通过的作品，一并撤回。")
@click.option("--yes", is_flag=True, help="看过预览就收下，不再询问。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON；不加 --yes 时只预览。")
@click.pass_context
def import_file(
    context: click.Context,
    file: Path,
    contest: int | None,
    mapped: Sequence[str],
    office: str,
    for_other: bool,
    taking_out: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """收下上报包，或导入上级送回的结果文件 FILE。先检查、预览，再收下；有问题的包一件也不收。

    退出码同 inspect，另有：1 看过预览没有收下，7 包写明的收件单位不是本单位，9 签名单位没有确认。
    """
    with context.obj.app.app_context(), telling_problems(context, as_json=as_json):
        if contest is None:
            _import_results(file, office)
        else:
            wishes = Wishes(yes=yes, as_json=as_json, for_other=for_other, taking_out=taking_out)
            _import_entries(file, contest, mapped, wishes)


def _import_results(file: Path, office: str) -> None:
    with file.open("rb") as stream:
        content = stream.read(answers.MOST_RESULT_BYTES + 1)
    row = answers.take_results(console_actor(), office_named(office).id, content)
    awards = sum(len(line.answer.get("awards", [])) for line in row.lines)
    click.echo(
        f"已导入：第 {row.revision} 版上报（收据 {row.receipt_number}）的 {len(row.lines)} 件作品，{awards} 个奖项。"
    )


def _import_entries(file: Path, contest_id: int, mapped: Sequence[str], wishes: Wishes) -> None:
    yes, as_json, for_other = wishes.yes, wishes.as_json, wishes.for_other
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
        deciding.choose_categories(actor, row.id, _mapping(contest_id, mapped), _version(row.id))
    preview = _preview(row.id)
    if not as_json:
        click.echo(_preview_words(preview))
    if as_json and not yes:
        click.echo(json.dumps(preview, ensure_ascii=False))
        return
    other = preview["other_receiver"]
    if other and not for_other and (yes or not click.confirm(f"{_addressed(row.id, other)}\n仍然收下吗？")):
        raise PackageProblem("wrong_receiver", WRONG_RECEIVER, **_parties(row.id, other))
    if not yes and not click.confirm("收下吗？"):
        click.echo("没有收下。上报包留在「上报与收件」中，等候处理。", err=True)
        raise click.exceptions.Exit(1)
    deciding.ask_to_take(actor, row.id, _version(row.id), taking_out=wishes.taking_out, for_other=True)
    deciding.take_package(actor, row.id)
    _tell(row.id, "", as_json=as_json)


def _parties(handoff_id: int, other: str) -> dict[str, str]:
    row = found(Handoff, handoff_id)
    return {"name": row.counterpart, "wanted": other, "own": row.office.name}


def _addressed(handoff_id: int, other: str) -> str:
    return str(Message.of(WRONG_RECEIVER, **_parties(handoff_id, other)))


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
        "to": row.document.get("receiver", ""),
        "other_receiver": other_receiver(row, row.office),
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

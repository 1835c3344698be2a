"""`contest-portal judging export` and `judging replay`: a round's bundle, and the check by computing it again."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import Flask

from contest_portal.core.commands import looked_up, with_app
from contest_portal.core.errors import Invalid
from contest_portal.core.text import N_, Message
from contest_portal.judging.bundles import BundleChanged, BundleError, Finding, read_bundle, replay, write_bundle
from contest_portal.judging.queries.bundles import bundle_of_round
from contest_portal.judging.queries.rounds import round_by_id

DIFFERS = 3
"""The exit code when something did not come out the same."""


@click.command("export")
@click.argument("round_id", metavar="ROUND", type=int)
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="BUNDLE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写到哪个文件。",
)
@with_app
def export_round(_app: Flask, round_id: int, output: Path) -> None:
    """导出一个已排名轮次的数据包：评分（不含姓名）、分配、设置、排名（ROUND 是轮次页面地址中的编号）。"""
    row = looked_up(round_by_id, round_id, N_("评审轮次"))
    content = write_bundle(bundle_of_round(row))
    output.write_bytes(content)
    click.echo(f"已导出：{output}（{len(content)} 字节）")


@click.command("replay")
@click.argument("bundle", metavar="BUNDLE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.pass_context
def replay_bundle(context: click.Context, bundle: Path, as_json: bool) -> None:
    """重算数据包中的分配和排名，逐字节核对。不需要数据库。

    有不一致或内容被改动过时退出码为 3；不是数据包、已损坏而无法读取时为 2。
    """
    try:
        findings = replay(read_bundle(bundle.read_bytes()))
    except BundleChanged as changed:
        findings = [Finding(Message(N_("数据包的内容")), same=False, detail=changed.message)]
    except BundleError as error:
        raise Invalid("judging.bundle", error.message) from error
    same = all(one.same for one in findings)
    if as_json:
        listed = [
            {"what": str(one.what), "same": one.same, "detail": str(one.detail) if one.detail else None}
            for one in findings
        ]
        click.echo(json.dumps({"same": same, "findings": listed}, ensure_ascii=False, indent=2))
    else:
        for one in findings:
            click.echo(f"{'一致' if one.same else '不一致'}\t{one.what}{f'　{one.detail}' if one.detail else ''}")
        click.echo("全部一致：重算结果与数据包逐字节相同。" if same else "有不一致，请核对数据包的来源。")
    if not same:
        context.exit(DIFFERS)

"""`contest-portal results verify`: is a downloaded list the one that was published?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask import Flask

from contest_portal.core.commands import with_app
from contest_portal.core.i18n import translate
from contest_portal.results.publishing.verifying import Check, verify_file

WORDS = {"same": "一致", "different": "不一致", "unknown": "查无此名单"}
EXIT_CODES = {"same": 0, "different": 1, "unknown": 3}


@click.command("verify")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@with_app
def verify_list(_app: Flask, /, file: Path, *, as_json: bool) -> None:
    """核对 FILE（从公示页面下载的 PDF、XLSX 或 JSON）是不是公示过的名单。

    读出文件里的每一行，重新计算校验码，与文件上印的和数据库里的比较。
    退出码：0 一致，1 不一致，3 查无此名单，2 文件无法读取。
    """
    check = verify_file(file)
    if as_json:
        click.echo(json.dumps(_data(check), ensure_ascii=False))
    else:
        for line in _lines(check):
            click.echo(line)
    click.get_current_context().exit(EXIT_CODES[check.verdict])


def _data(check: Check) -> dict[str, Any]:
    publication = check.publication
    return {
        "verdict": check.verdict,
        "kind": check.kind,
        "printed": check.printed,
        "computed": check.computed,
        "publication": None
        if publication is None
        else {
            "id": publication.id,
            "title": publication.title,
            "office": publication.contest.office.name,
            "version": publication.version,
            "state": publication.state,
            "published_at": publication.published_at.isoformat() if publication.published_at else None,
            "sha256": publication.content_sha256,
            "archived": check.is_archived,
        },
        "differences": [translate(one) for one in check.differences],
        "remarks": [translate(one) for one in check.remarks],
    }


def _lines(check: Check) -> list[str]:
    lines = [WORDS[check.verdict]]
    if check.publication is not None:
        row = check.publication
        lines.append(f"  {row.contest.office.name}《{row.title}》第 {row.version} 版（/lists/{row.id}）")
    lines += [f"  {label}：{value}" for label, value in _digests(check) if value]
    lines += [f"  · {translate(one)}" for one in (*check.differences, *check.remarks)]
    return lines


def _digests(check: Check) -> list[tuple[str, str]]:
    published = check.publication.content_sha256 if check.publication else ""
    return [("文件上印的", check.printed), ("按文件内容算的", check.computed), ("公示的", published)]

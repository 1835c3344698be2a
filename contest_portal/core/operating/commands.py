"""The command that looks a deployment over."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from flask import Flask

from contest_portal.core.commands import with_app
from contest_portal.core.operating.looking_over import MARKS, look_over

ROOMS = ("core", "people", "contests", "media", "entries", "judging", "results", "events", "reports", "demo")


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，供其他程序读取。")
@click.pass_context
@with_app
def check(app: Flask, context: click.Context, as_json: bool) -> None:
    """检查这套部署：网址、密钥、数据库、存储、任务、备份、密码。有必须处理的问题时退出码为 1。"""
    findings = look_over(app, ROOMS)
    bad = [one for one in findings if one.level == "bad"]
    if as_json:
        told = {"ok": not bad, "findings": [asdict(one) for one in findings]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for one in findings:
            click.echo(f"{MARKS[one.level]} {one.text}")
            if one.advice and one.level != "ok":
                click.echo(f"    → {one.advice}")
        warned = sum(one.level == "warn" for one in findings)
        click.echo(f"共 {len(findings)} 项：{len(bad)} 项必须处理，{warned} 项建议处理。")
    context.exit(1 if bad else 0)


commands = [check]

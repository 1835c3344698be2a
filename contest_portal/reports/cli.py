"""The command `contest-portal report`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from flask import Flask

from contest_portal.core.commands import with_app
from contest_portal.core.i18n import translate
from contest_portal.core.list_documents import ListDocument, list_pdf, list_workbook
from contest_portal.core.word_documents import list_docx
from contest_portal.reports.annual import inconsistencies
from contest_portal.reports.documents import summary_document
from contest_portal.reports.queries import AnnualNumbers, annual_numbers, office_of_report
from contest_portal.reports.summary import summary_of
from contest_portal.reports.table import category_table
from contest_portal.reports.trends import five_years, from_the_first, year_totals

Callback = Callable[..., Any]


FORMS: Mapping[str, Callable[[ListDocument], bytes]] = {"docx": list_docx, "xlsx": list_workbook, "pdf": list_pdf}
HERE = ""
"""An option without a file's name."""


def _file_option(kind: str, name: str) -> Callable[[Callback], Callback]:
    words = f"输出{name}：写入所给的文件；不给文件名时写到标准输出，终端上则存为当前文件夹里的文件。"
    return click.option(f"--{kind}", kind, is_flag=False, flag_value=HERE, metavar="[FILE]", help=words)


@click.command("report")
@click.argument("year", type=int)
@click.option("--office", help="主办单位名称（部署中有多个单位时需要）。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@_file_option("docx", " Word 文档")
@_file_option("xlsx", " Excel 工作簿")
@_file_option("pdf", " PDF")
@with_app
def report(_app: Flask, year: int, office: str | None, as_json: bool, **files: str | None) -> None:
    """年度总结：一年的数字和总结原句。"""
    asked = {kind: name for kind, name in files.items() if name is not None}
    if as_json + len(asked) > 1:
        raise click.UsageError("--json、--docx、--xlsx、--pdf 每次只能用一个。")
    numbers = annual_numbers(office_of_report(office, year), year)
    if as_json:
        click.echo(json.dumps(numbers.to_json(), ensure_ascii=False, indent=2))
    elif asked:
        [(kind, name)] = asked.items()
        totals = from_the_first(year_totals(numbers.office.id, five_years(year)))
        content = FORMS[kind](summary_document(numbers, summary_of(numbers), totals))
        _give(content, name or f"{year}年度总结.{kind}", to_stdout=name == HERE and not sys.stdout.isatty())
    else:
        print_report(numbers)


def _give(content: bytes, name: str, *, to_stdout: bool) -> None:
    if to_stdout:
        sys.stdout.buffer.write(content)
        return
    try:
        Path(name).write_bytes(content)
    except OSError as error:
        raise click.FileError(name, hint=error.strerror or str(error)) from error
    click.echo(f"已写入 {name}")


def print_report(numbers: AnnualNumbers) -> None:
    """The summary as text: sentence, table, and the year's other numbers."""
    if numbers.main is not None:
        click.echo(f"{numbers.main.contest.name}　{numbers.participants}参加")
        click.echo()
        click.echo(numbers.sentence)
        click.echo()
        click.echo(category_table(numbers.main.categories))
        for problem in inconsistencies(numbers.main.categories):
            click.echo(f"注意：{translate(problem)}", err=True)
    for result in numbers.upper_results:
        awards = "、".join(f"{award}{count}项" for award, count in result.items() if award != "contest")
        click.echo(f"{result['contest']}：{awards}")
    for other in numbers.others:
        measure = other.categories[0].measure if other.categories else ""
        click.echo(f"{other.contest.feeds_into_title or other.contest.name}：作品 {other.collected}{measure}")
    for honour in numbers.honours:
        click.echo(f"{honour['school']}：{honour['honour']}（{honour['by']}）")
    for activity in numbers.activities:
        facts = "，".join(f"{figure['label']} {figure['value']}" for figure in activity.figures)
        click.echo(f"{activity.name}：{facts}")


commands = [report]

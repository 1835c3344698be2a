"""Commands of files: compare two, look through a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from contest_portal.core.errors import Invalid
from contest_portal.core.text import N_, Message
from contest_portal.media import preview_commands, storage_commands, text_pairs
from contest_portal.media.facts import PICTURES, Kind
from contest_portal.media.picture_pairs import Scan, fingerprint_of, message_of, scan_folder
from contest_portal.media.probing import DerivativeError
from contest_portal.media.signature import kind_of_file
from contest_portal.media.text_extraction import READ_KINDS

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_VERDICTS = {
    "same": "很可能是同一张画",
    "unsure": "可能是同一张画，请人工比对",
    "different": "看不出是同一张画",
}
_TEXT_VERDICTS = {
    "same": "大部分相同",
    "unsure": "有部分相同，请人工比对",
    "different": "没有明显的相同之处",
    "too_short": "文字太少，不足 20 个汉字，比不出来",
}
_STEPS = 20  # how often reading a folder says how far it is


@click.group("media")
def media_group() -> None:
    """文件：比对图片和文字，核对存储。"""


@media_group.command("compare")
@click.argument("a", type=_FILE)
@click.argument("b", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def compare(a: Path, b: Path, as_json: bool) -> None:
    """比对两个文件：两张图片，或两份文字材料。"""
    kinds = {kind_of_file(path) for path in (a, b)}
    if kinds <= PICTURES | {Kind.EMPTY}:
        _compare_pictures(a, b, as_json)
    elif kinds <= READ_KINDS:
        _compare_texts(a, b, as_json)
    else:
        raise Invalid("media.not_comparable", N_("这两个文件不能比对：要么都是图片，要么都是文字材料。"))


def _compare_pictures(a: Path, b: Path, as_json: bool) -> None:
    from contest_portal.media.likeness import compare as compare_pictures

    fingerprints = []
    for path in (a, b):
        try:
            fingerprints.append(fingerprint_of(path))
        except DerivativeError as failure:
            why = message_of(path, kind_of_file(path), failure.problem)
            message = Message.of(N_("%(file)s：%(why)s"), file=path.name, why=why)
            raise Invalid("media.unreadable", message) from failure
    found = compare_pictures(*fingerprints)
    if as_json:
        _write_json({"score": found.score, "verdict": found.verdict.value, "details": found.how})
        return
    click.echo(f"相似度 {found.score:.2f}：{_VERDICTS[found.verdict]}。")


def _compare_texts(a: Path, b: Path, as_json: bool) -> None:
    found = text_pairs.compare_documents(a, b)
    if as_json:
        _write_json(text_pairs.as_json(found))
        return
    texts, verdict = found.texts, _TEXT_VERDICTS[found.verdict]
    click.echo(f"相同部分占 {a.name} 的 {texts.share_a:.1%}，占 {b.name} 的 {texts.share_b:.1%}：{verdict}。")
    for number, passage in enumerate(texts.passages, start=1):
        click.echo(f"\n【{number}】相同 {passage.length} 字")
        click.echo(f"{a.name}（第 {passage.at_a + 1} 字起）：{' '.join(passage.a.split())}")
        click.echo(f"{b.name}（第 {passage.at_b + 1} 字起）：{' '.join(passage.b.split())}")


@media_group.command("scan")
@click.argument("folder", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
@click.pass_context
def scan(context: click.Context, folder: Path, as_json: bool) -> None:
    """找出一个文件夹里所有相似的图片。不足两张、没有可比的，退出码为 2。"""
    found = scan_folder(folder) if as_json else scan_folder(folder, _tell_how_far)
    if as_json:
        _write_json(_scan_as_json(found))
    else:
        _write_scan(found)
    if found.pictures < 2:
        context.exit(2)


def _scan_as_json(found: Scan) -> dict[str, Any]:
    pairs = [
        {"a": pair.a, "b": pair.b, "score": pair.likeness.score, "verdict": pair.likeness.verdict.value}
        for pair in found.pairs
    ]
    unreadable = [{"file": name, "message": str(message)} for name, message in found.unreadable]
    return {"pictures": found.pictures, "skipped": found.skipped, "pairs": pairs, "unreadable": unreadable}


def _write_scan(found: Scan) -> None:
    if found.pictures < 2:
        click.echo(f"文件夹里能读的图片只有 {found.pictures} 张，没有可比的。")
    else:
        click.echo(f"共 {found.pictures} 张图片，相似的有 {len(found.pairs)} 对。")
    for pair in found.pairs:
        click.echo(f"{pair.likeness.score:.2f}\t{_VERDICTS[pair.likeness.verdict]}\t{pair.a}\t{pair.b}")
    for name, message in found.unreadable:
        click.echo(f"读不了\t{name}\t{message}")
    if found.skipped:
        click.echo(f"另有 {found.skipped} 个文件不是图片，没有比对。")


def _tell_how_far(done: int, count: int) -> None:
    if done == count or done * _STEPS // count > (done - 1) * _STEPS // count:
        click.echo(f"已读 {done} / {count} 个文件", err=True)


def _write_json(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


for _command in (*storage_commands.commands, *preview_commands.commands):
    media_group.add_command(_command)

commands = [media_group]

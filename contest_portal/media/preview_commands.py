"""The command that has previews made: of files from before there were such previews, and of what failed."""

from __future__ import annotations

import click
from flask import Flask

from contest_portal.core.actor import console_actor
from contest_portal.core.commands import with_app
from contest_portal.media.services.missing_previews import ask_again_for_failed, ask_for_missing


@click.command("previews")
@click.option("--failed", is_flag=True, help="没有生成成功的也重新生成。")
@with_app
def previews_command(_app: Flask, *, failed: bool) -> None:
    """补做缺少的预览（缩略图、影片播放版、逐页预览等）。由后台任务陆续生成。"""
    missing = ask_for_missing(console_actor())
    again = ask_again_for_failed(console_actor()) if failed else 0
    click.echo(f"已排队：缺少的 {missing} 项" + (f"，重新生成 {again} 项。" if failed else "。"))


commands = [previews_command]

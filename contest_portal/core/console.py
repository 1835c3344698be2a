"""What the command line says by itself — usage, help, wrong arguments — in Chinese."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click
from click.exceptions import (
    BadArgumentUsage,
    BadOptionUsage,
    FileError,
    MissingParameter,
    NoArgsIsHelpError,
    NoSuchOption,
)

HEADINGS = {"Options": "选项", "Commands": "命令", "Positional arguments": "参数"}
HELP_TEXTS = {"Show this message and exit.": "显示这份说明。", "Show the version and exit.": "显示版本。"}
_VALUES = {"INTEGER RANGE": "整数", "INTEGER": "整数", "FLOAT": "数字", "TEXT": "文字"}
_METAVARS = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]…"}

_REASONS: tuple[tuple[str, str], ...] = (
    (r"No such command (?P<a>'.*')\..*", "没有 {a} 这个命令。"),
    (r"Got unexpected extra arguments? \((?P<a>.*)\)", "多出了参数：{a}。"),
    (r"Missing command\.", "请写明命令。"),
    (r"(?P<a>'.*') is not (?:one of )?(?P<b>'.*')\.", "{a} 不可用，只能是 {b}。"),
    (r"(?P<a>'.*') is not a valid (?:integer|integer range)\.", "{a} 不是整数。"),
    (r"(?P<a>'.*') is not a valid (?:float|float range|decimal)\.", "{a} 不是数字。"),
    (r"(?P<a>.*) is not in the range (?P<b>\S+)<=x<=(?P<c>\S+)\.", "{a} 超出范围，应在 {b} 至 {c} 之间。"),
    (r"(?P<a>.*) is not in the range x(?P<b>.*)\.", "{a} 超出范围，应{b}。"),
    (r"(?P<a>'.*') does not match the formats? (?P<b>.*)\.", "{a} 不是这种格式的日期：{b}。"),
    (r"(?P<a>'.*') is not a valid boolean.*", "{a} 应为 true 或 false。"),
    (r"\w+ (?P<a>'.*') does not exist\.", "没有 {a} 这个文件或目录。"),
    (r"\w+ (?P<a>'.*') is a file\.", "{a} 是文件，这里要的是目录。"),
    (r"\w+ (?P<a>'.*') is a directory\.", "{a} 是目录，这里要的是文件。"),
    (r"\w+ (?P<a>'.*') is not (?:readable|writable|executable)\.", "没有使用 {a} 的权限。"),
    (r"Option (?P<a>'.*') does not take a value\.", "选项 {a} 后面不用写值。"),
    (r"Option (?P<a>'.*') requires .*arguments?\.", "选项 {a} 后面缺少值。"),
    (r"Argument (?P<a>'.*') takes .* values\.", "参数 {a} 的个数不对。"),
    (r"Takes .* values but .* given\.", "值的个数不对。"),
)


class ConsoleFormatter(click.HelpFormatter):
    """Help with Chinese headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        for english, chinese in _METAVARS.items():
            args = args.replace(english, chinese)
        super().write_usage(prog, args, prefix or "用法：")

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{HEADINGS.get(heading, heading)}：\n")

    def write_dl(self, rows: Any, *arguments: Any, **options: Any) -> None:
        super().write_dl([(_value_word(name), _help_text(words)) for name, words in rows], *arguments, **options)


class ConsoleContext(click.Context):
    """The context of every command of the program."""

    formatter_class = ConsoleFormatter


def speak_chinese(command: click.Command) -> None:
    """Let the command and all below it use this context."""
    command.context_class = ConsoleContext
    for below in getattr(command, "commands", {}).values():
        speak_chinese(below)


@contextmanager
def solver_words_aside() -> Iterator[None]:
    """Send to standard error what compiled code writes to standard output meanwhile, past Python: HiGHS does at times.

    What the command prints stays the answer alone.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def show_problem(problem: click.ClickException, file: IO[str] | None = None) -> None:
    """Say on standard error what is wrong with how a command was called."""
    if isinstance(problem, NoArgsIsHelpError):  # nothing was asked: the help itself
        problem.show(file)
        return
    context = getattr(problem, "ctx", None)
    if context is not None:
        click.echo(context.get_usage(), file=file, err=file is None)
        click.echo(f"查看说明：{context.command_path} --help", file=file, err=file is None)
    click.echo(f"错误：{_quoted(sentence(problem))}", file=file, err=file is None)


def sentence(problem: click.ClickException) -> str:
    """What is wrong, in Chinese as far as it is one of click's own sentences."""
    match problem:
        case NoSuchOption():
            near = f"是不是要写 {'、'.join(sorted(problem.possibilities))}？" if problem.possibilities else ""
            return f"没有 {problem.option_name} 这个选项。{near}"
        case MissingParameter():
            return f"缺少{_place(problem)}。"
        case FileError():
            return f"打不开文件 {problem.ui_filename}。"
        case BadOptionUsage() | BadArgumentUsage():
            return _translated(problem.message)
        case click.BadParameter():
            return f"{_place(problem)}无效：{_translated(problem.message)}"
        case _:
            return _translated(problem.format_message())


def _place(problem: click.BadParameter) -> str:
    parameter = problem.param
    if parameter is None:
        return str(problem.param_hint or "参数")
    kind = "参数" if parameter.param_type_name == "argument" else "选项"
    return f"{kind} {parameter.get_error_hint(problem.ctx) if problem.ctx else parameter.name}"


def _quoted(text: str) -> str:
    """The sentence with Chinese quotation marks, without spaces around them."""
    text = re.sub(r"'([^']*)'", r"「\1」", text).replace("」, 「", "」、「")
    return re.sub(r"(?<=[一-鿿]) (?=「)|(?<=」) (?=[一-鿿])", "", text)


def _translated(message: str) -> str:
    for pattern, words in _REASONS:
        if found := re.fullmatch(pattern, message.strip(), re.DOTALL):
            return words.format(**found.groupdict())
    return message


def _help_text(words: str) -> str:
    words = HELP_TEXTS.get(words, words)
    return re.sub(r"  \[([^\[\]]+)\]$", _extra, words)


def _extra(found: re.Match[str]) -> str:
    """What click adds in brackets: the default, the range, whether it must be there."""
    parts = [part.replace("default: ", "默认 ") for part in found[1].split("; ")]
    return f"  [{'；'.join('必填' if part == 'required' else part.replace('<=x<=', ' 至 ') for part in parts)}]"


def _value_word(name: str) -> str:
    return re.sub(r"\b(INTEGER RANGE|INTEGER|FLOAT|TEXT)$", lambda found: _VALUES[found[1]], name)

"""Printed sheets: a typst template of a room and the data it shows become a PDF."""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import typst

PACKAGE = Path(__file__).resolve().parent.parent
CHINESE_FONT = "Noto Sans CJK SC"
FONT_ADVICE = """没有找到中文字体（Noto Sans CJK SC），无法生成 PDF。请任选一种方法安装，然后重新启动程序：
  Debian 或 Ubuntu：apt-get install fonts-noto-cjk
  任何系统：         {python} -m pip install "noto-cjk[sans]\""""


class FontMissingError(RuntimeError):
    """No Chinese font on this machine; the message says how to get one."""


class TemplateError(RuntimeError):
    """A template is missing or wrong, or lacks a value it needs: a fault of the program, not of a person."""


def render_pdf(template: str | Path, data: Mapping[str, Any]) -> bytes:
    """The PDF of `template` showing `data`. Equal data gives equal bytes.

    `template` is `"ROOM/name.typ"`, which stands in `contest_portal/ROOM/templates/ROOM/name.typ`, or a path inside
    the package. `data` is made of what JSON knows; the template reads it as `data` from the base template. It is never
    read as source, so `#`, `$` or `@` in what people typed are letters like any other.
    Raises TemplateError, FontMissingError.
    """
    return _press(_template_path(template)).print(data)


def render_pdf_source(source: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of a template given as its text. The text must come from the program, never from people."""
    with _source_lock:
        return _Press(source.encode()).print(data)


def require_chinese_font() -> None:
    """Raise FontMissingError now rather than at the first certificate. Called once at start."""
    _fonts()


def chinese_font_file(*, bold: bool = False) -> tuple[Path, int]:
    """The file of the Chinese font, and which font of that collection; for pictures that carry text."""
    wanted = 700 if bold else 400
    found = [font for font in _fonts().fonts() if font.family == CHINESE_FONT and font.path]
    best = min(found, key=lambda font: abs(font.weight - wanted))
    return Path(str(best.path)), best.index


def printing_fonts() -> list[typst.FontInfo]:
    """The fonts there are to print with, as far as they are files."""
    return [font for font in _fonts().fonts() if font.path]


class FolderPress:
    """A press for a template that shows pictures of its own, or prints with fonts of its own: all lie in one folder.

    The template is copied there; it reads `data` from `sys.inputs` by itself. One thread at a time.
    """

    def __init__(self, template: str, folder: Path, *, has_fonts: bool = False) -> None:
        source = folder / "main.typ"
        source.write_bytes(_template_path(template).read_bytes())
        fonts = typst.Fonts(font_paths=[folder, *_packaged_where_needed()]) if has_fonts else _fonts()
        self._press = _Press(source, root=folder, fonts=fonts)

    def print(self, data: Mapping[str, Any]) -> bytes:
        """The PDF. Raises TemplateError."""
        return self._press.print(data)


class _Press:
    """One template with its compiler, which is not safe for several threads at once, and its lock."""

    def __init__(self, source: Path | bytes, *, root: Path = PACKAGE, fonts: typst.Fonts | None = None) -> None:
        self._name = source.name if isinstance(source, Path) else "source"
        self._lock = threading.Lock()
        self._compiler = typst.Compiler(
            input=source,  # type: ignore[type-var]  # the stub forgets unions
            root=root,
            font_paths=fonts or _fonts(),
            ignore_system_fonts=True,
        )

    def print(self, data: Mapping[str, Any]) -> bytes:
        inputs = {"data": json.dumps(data, ensure_ascii=False)}
        try:
            with self._lock:
                content = self._compiler.compile(format="pdf", sys_inputs=inputs)
        except typst.TypstError as error:
            raise TemplateError(f"{self._name}: {error.diagnostic or error.message}") from error
        return cast("bytes", content)


_source_lock = threading.Lock()
_making = threading.Lock()
_presses: dict[Path, _Press] = {}


def _press(path: Path) -> _Press:
    with _making:
        if path not in _presses:
            _presses[path] = _Press(path)
        return _presses[path]


def _template_path(template: str | Path) -> Path:
    if isinstance(template, Path):
        path = template
    else:
        room, _, name = template.partition("/")
        path = PACKAGE / room / "templates" / room / name
    if not path.is_file():
        raise TemplateError(f"no such template: {template}")
    return path


@cache
def _fonts() -> typst.Fonts:
    """The system's fonts, and those of the package where the system has no Chinese one."""
    fonts = typst.Fonts()
    if CHINESE_FONT not in fonts.families():
        fonts = typst.Fonts(font_paths=_packaged_fonts())
    if CHINESE_FONT not in fonts.families():
        raise FontMissingError(FONT_ADVICE.format(python=sys.executable))
    return fonts


def _packaged_where_needed() -> list[Path]:
    return [] if CHINESE_FONT in typst.Fonts().families() else _packaged_fonts()


def _packaged_fonts() -> list[Path]:
    spec = importlib.util.find_spec("noto_cjk_sans_otc")
    return [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []

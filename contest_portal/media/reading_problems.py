"""Why a file on one's own disk cannot be read for comparing, in words: there is nothing to upload again. Pure."""

from __future__ import annotations

from contest_portal.core.text import N_, Message
from contest_portal.media.facts import PIXELS_LIMIT, FileFacts, Problem

_WHY: dict[Problem, str] = {
    Problem.EMPTY: N_("文件是空的，没有任何内容。"),
    Problem.PICTURE_DAMAGED: N_("图片已损坏或不完整，打不开。请用看图软件检查，另存后再比对。"),
    Problem.TOO_MANY_PIXELS: N_(
        "图片有 %(width)s×%(height)s 像素，超出系统能处理的 %(limit)s 万像素。请缩小后再比对。"
    ),
    Problem.PDF_DAMAGED: N_("PDF 文件已损坏或不完整，打不开。请重新导出后再比对。"),
    Problem.ENCRYPTED: N_("文件设有打开密码。请取消密码后再比对。"),
    Problem.ARCHIVE_DAMAGED: N_("文件已损坏或不完整，打不开。请重新保存后再比对。"),
    Problem.TOOK_TOO_LONG: N_("文件太复杂，系统在规定时间内没有读完。请简化后再比对。"),
    Problem.TOOK_TOO_MUCH: N_("文件展开后太大，系统无法处理。请缩小后再比对。"),
}
_UNREADABLE = N_("文件内容异常，系统无法读取。")


def reading_message(facts: FileFacts) -> Message:
    """Why the file with these facts cannot be read, and what to do."""
    why = _UNREADABLE if facts.problem is None else _WHY.get(facts.problem, _UNREADABLE)
    if facts.problem is Problem.TOO_MANY_PIXELS:
        return Message.of(why, width=facts.width, height=facts.height, limit=PIXELS_LIMIT // 10_000)
    return Message.of(why)

"""Checks on the files in the slots: there, of the right kind, whole, and within sizes and lengths."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import PurePath

from contest_portal.contests.file_kinds import FILE_KINDS, kind_by_name, kind_label
from contest_portal.contests.rules import SlotRules
from contest_portal.core.text import N_, Message
from contest_portal.entries.checks.facts import EntryFacts, FileFacts
from contest_portal.entries.checks.films import film_findings
from contest_portal.entries.checks.findings import Finding, error, warning
from contest_portal.entries.checks.measures import anchor_of, size_text, wrong
from contest_portal.entries.checks.pictures import has_too_many_pixels, picture_findings


def slot_findings(facts: EntryFacts) -> Iterator[Finding]:
    """Every slot of the category with the files that lie in it, then files in slots that are no more."""
    for slot in facts.rules.slots:
        files = [file for file in facts.files if file.slot == slot.code]
        yield from _number_findings(facts, slot, len(files))
        for file in files:
            yield from file_findings(slot, file)
    for file in facts.files:
        if facts.rules.slot(file.slot) is None:
            rule = Message.of(N_("文件应放在本类别的材料项中"))
            message = Message.of(N_("「%(name)s」所在的材料项已不在本类别中，请删去或另行上传"), name=file.name)
            yield warning("file-without-slot", "files", rule, message)


def is_required(facts: EntryFacts, slot: SlotRules) -> bool:
    """Whether the slot must hold a file in this entry: always, or because a yes/no question was answered yes."""
    return slot.required or (slot.required_when is not None and facts.fields.get(slot.required_when) is True)


def _number_findings(facts: EntryFacts, slot: SlotRules, count: int) -> Iterator[Finding]:
    anchor = anchor_of(slot)
    if count == 0 and is_required(facts, slot):
        rule = Message.of(N_("%(label)s是必交材料"), label=slot.label)
        if not slot.required:
            asked = next(field.label for field in facts.rules.fields if field.code == slot.required_when)
            rule = Message.of(N_("「%(asked)s」选了「是」，须交%(label)s"), asked=asked, label=slot.label)
        yield error("slot-missing", anchor, rule, Message.of(N_("还没有上传%(label)s"), label=slot.label))
    if count > slot.max_files:
        rule = Message.of(N_("%(label)s不超过 %(limit)s 个文件"), label=slot.label, limit=slot.max_files)
        message = Message.of(N_("现在是 %(measured)s 个文件，上限 %(limit)s 个"), measured=count, limit=slot.max_files)
        yield error("slot-too-many-files", anchor, rule, message)


def file_findings(slot: SlotRules, file: FileFacts) -> list[Finding]:
    """What is wrong with one file for this slot; also asked before an uploaded file is taken in.

    A file that is damaged, locked or of another kind gives that one finding and its size's; its further measures are
    not looked at.
    """
    findings = list(_size(slot, file))
    broken = list(_integrity(slot, file)) or list(_kind(slot, file))
    if broken:
        return findings + broken
    kind = FILE_KINDS[file.kind]
    if kind.family == "image":
        findings += picture_findings(slot, file)
    elif kind.family == "film":
        findings += film_findings(slot, file)
    elif slot.max_pages is not None and file.pages is not None and file.pages > slot.max_pages:
        rule = Message.of(N_("%(label)s不超过 %(limit)s 页"), label=slot.label, limit=slot.max_pages)
        findings.append(
            wrong(
                "file-pages", slot, file, rule, N_("有 %(measured)s 页，上限 %(limit)s 页"), file.pages, slot.max_pages
            )
        )
    return findings + list(_name_agrees(slot, file))


def _size(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
    rule = Message.of(
        N_("%(label)s每个文件不超过 %(limit)s"), label=slot.label, limit=size_text(slot.max_bytes, math.floor)
    )
    if file.size_bytes > slot.max_bytes:
        yield wrong(
            "file-too-big",
            slot,
            file,
            rule,
            N_("的大小是 %(measured)s，上限 %(limit)s"),
            size_text(file.size_bytes),
            size_text(slot.max_bytes, math.floor),
        )


def _integrity(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
    rule = Message.of(N_("文件应完整，能够打开"))
    if file.size_bytes == 0:
        message = Message.of(N_("「%(name)s」是空文件，请重新上传"), name=file.name)
        yield error("file-empty", anchor_of(slot), rule, message)
    elif has_too_many_pixels(slot, file):
        # Probing gives up on such a picture; the slot's own limit says better what is wrong.
        return
    elif file.problem:
        message = Message.of(N_("「%(name)s」：%(what)s"), name=file.name, what=file.problem)
        yield error("file-unusable", anchor_of(slot), rule, message)
    elif file.damaged:
        message = Message.of(N_("「%(name)s」已损坏或不完整，打不开，请重新导出后上传"), name=file.name)
        yield error("file-damaged", anchor_of(slot), rule, message)
    elif file.encrypted:
        message = Message.of(N_("「%(name)s」加了密码，打不开，请去掉密码后上传"), name=file.name)
        yield error("file-encrypted", anchor_of(slot), rule, message)


def _kind(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
    if file.kind in slot.kinds and file.kind in FILE_KINDS:
        return
    allowed = "、".join(kind_label(kind) for kind in slot.kinds)
    rule = Message.of(N_("%(label)s只收 %(allowed)s"), label=slot.label, allowed=allowed)
    promised = kind_by_name(file.name)
    params = {"name": file.name, "allowed": allowed, "extension": PurePath(file.name).suffix.lower()}
    if file.kind not in FILE_KINDS:
        source = N_("「%(name)s」的内容认不出是哪种文件，这里只收 %(allowed)s")
    elif promised and promised.code != file.kind:
        source = N_("「%(name)s」的文件名是 %(extension)s，内容其实是 %(kind)s；这里只收 %(allowed)s")
    else:
        source = N_("「%(name)s」是 %(kind)s 文件，这里只收 %(allowed)s")
    yield error("file-kind", anchor_of(slot), rule, Message.of(source, kind=kind_label(file.kind), **params))


def _name_agrees(slot: SlotRules, file: FileFacts) -> Iterator[Finding]:
    promised = kind_by_name(file.name)
    if promised and promised.code != file.kind:
        rule = Message.of(N_("文件名的扩展名应与内容一致"))
        message = Message.of(
            N_("「%(name)s」的文件名是 %(extension)s，内容其实是 %(kind)s，请改好扩展名后重新上传"),
            name=file.name,
            extension=PurePath(file.name).suffix.lower(),
            kind=kind_label(file.kind),
        )
        yield error("file-name-differs", anchor_of(slot), rule, message)

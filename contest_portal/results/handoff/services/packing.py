"""A package is made: the data for a program, and the same for people: lists, sheets and forms in folders by category."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from contest_portal.contests.models import Category, Contest
from contest_portal.core.clock import local, now, today
from contest_portal.core.jobs import CannotBeDone
from contest_portal.core.list_documents import list_pdf, list_workbook
from contest_portal.core.storage import storage
from contest_portal.core.text import N_, Message
from contest_portal.entries.application import application_pdf
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.submitted import snapshot_of
from contest_portal.results.handoff.models import Handoff
from contest_portal.results.handoff.package.content import Content
from contest_portal.results.handoff.package.keys import PrivateKeys
from contest_portal.results.handoff.package.manifest import CategoryCount, Manifest
from contest_portal.results.handoff.package.paths import PackagePaths
from contest_portal.results.handoff.package.writing import PackageWriter
from contest_portal.results.handoff.queries.content import content_of
from contest_portal.results.handoff.queries.going_up import numbers_struck
from contest_portal.results.lists.documents import quantity_document, recommendation_document
from contest_portal.results.lists.models import ShortlistLine
from contest_portal.results.naming import author_names


def gathered(contest: Contest, lines: Sequence[ShortlistLine], row: Handoff, paths: PackagePaths) -> Content:
    """The data of a hand-off, people as far as was ticked for it."""
    return content_of(
        contest.office_id,
        contest.id,
        lines,
        paths,
        id_numbers=bool(row.options.get("id_numbers")),
        phones=bool(row.options.get("phones")),
    )


def counts_of(contest: Contest, content: Content) -> list[CategoryCount]:
    """How much of each of the contest's categories is handed up."""
    tally = Counter(one.category for one in content.entries)
    return [CategoryCount(one.code, one.name, tally[one.code]) for one in contest.categories if tally[one.code]]


def manifest_of(
    row: Handoff,
    contest: Contest,
    keys: PrivateKeys,
    counts: Sequence[CategoryCount],
    struck: Sequence[str] = (),
) -> Manifest:
    """What the package says of itself, its files still to be named."""
    public = keys.public(contest.office.name)
    return Manifest(
        kind="entries",
        id=row.uid,
        revision=row.revision,
        sender=contest.office.name,
        sender_region=contest.office.region_name,
        sender_level=contest.office.level,
        contest_ref=str(contest.id),
        contest_name=contest.name,
        contest_year=contest.year,
        receiver=row.counterpart,
        receiver_contest=row.counterpart_contest,
        receiver_fingerprint=row.fingerprint,
        made_at=local(now()).isoformat(timespec="seconds"),
        signing_key=public.signing,
        encryption_key=public.encryption,
        fingerprint=public.fingerprint,
        has_id_numbers=bool(row.options.get("id_numbers")),
        has_phones=bool(row.options.get("phones")),
        counts=tuple(counts),
        struck=tuple(struck),
    )


def write_package(
    target: IO[bytes],
    row: Handoff,
    contest: Contest,
    lines: Sequence[ShortlistLine],
    keys: PrivateKeys,
    progress: Callable[[float], None] = lambda _share: None,
) -> tuple[Manifest, Content]:
    """Write the whole package. `progress` is told how far it is, 0 to 1. Raises CannotBeDone for a file that is damaged."""
    paths = PackagePaths()
    content = gathered(contest, lines, row, paths)
    total = sum(one.size for entry in content.entries for one in entry.files) + 1
    done = [0]

    def count(size: int) -> None:
        done[0] += size
        progress(0.3 + 0.7 * done[0] / total)

    writer = PackageWriter(target, count)
    for path, document in content.documents().items():
        writer.add(path, json.dumps(document, ensure_ascii=False, indent=1).encode(), packed=True)
    _add_tables(writer, paths, contest, lines, full=bool(row.options.get("phones")))
    for number, line in enumerate(lines):
        _add_application(writer, paths, line.entry)
        progress(0.3 * (number + 1) / len(lines))
    for entry in content.entries:
        for one in entry.files:
            with storage().open(one.sha256) as stream:
                packed = writer.add_stream(one.path, stream)
            if packed.sha256 != one.sha256:
                message = Message.of(
                    N_("「%(number)s」的文件「%(name)s」在存储中已损坏，没有生成上报包。请先从备份恢复这个文件。"),
                    number=entry.number,
                    name=one.name,
                )
                raise CannotBeDone(message)
    struck = numbers_struck(contest.id)
    manifest = manifest_of(row, contest, keys, counts_of(contest, content), struck)
    writer.add("说明.txt", _read_me(manifest, row).encode("utf-8-sig"))
    return writer.finish(manifest, keys), content


def _add_tables(
    writer: PackageWriter, paths: PackagePaths, contest: Contest, lines: Sequence[ShortlistLine], *, full: bool
) -> None:
    categories: list[Category] = [
        one for one in contest.categories if any(line.entry.category_id == one.id for line in lines)
    ]
    whole = recommendation_document(contest, categories, lines, full=full)
    writer.add(paths.table("推荐名单（全部类别）", ".xlsx"), list_workbook(whole, created_at=now()))
    writer.add(paths.table("推荐名单（全部类别）", ".pdf"), list_pdf(whole))
    for category in categories:
        own = recommendation_document(contest, [category], lines, full=full)
        name = f"{category.name}推荐名单"
        writer.add(f"推荐名单/{paths.table(name, '.xlsx')}", list_workbook(own, created_at=now()))
    quantities = quantity_document(contest, contest.categories, lines, today())
    writer.add(paths.table("推荐数量汇总表", ".xlsx"), list_workbook(quantities, created_at=now()))
    writer.add(paths.table("推荐数量汇总表", ".pdf"), list_pdf(quantities))


def _add_application(writer: PackageWriter, paths: PackagePaths, entry: Entry) -> None:
    rules = entry.category.rules
    path = paths.application(entry.category.name, entry.number or "", entry.title, author_names(entry))
    sheet = application_pdf(snapshot_of(entry, rules), rules, is_draft=False, submitted_at=entry.submitted_at)
    writer.add(path, sheet)


def _read_me(manifest: Manifest, row: Handoff) -> str:
    """For an upper office without this program. Always Chinese: it is read by whoever opens the ZIP."""
    lines = [
        f"{manifest.sender}　{manifest.contest_name}　上报材料（第 {row.revision} 版）",
        f"报送：{manifest.receiver or '上级主办单位'}　{manifest.receiver_contest}".rstrip(),
        f"生成时间：{manifest.made_at[:16].replace('T', ' ')}",
        "",
        *(f"{one.name}：{one.entries} 件" for one in manifest.counts),
        f"合计：{manifest.entry_count} 件",
        "",
        "“推荐名单”和“推荐数量汇总表”可以直接打开、打印；“申报书”“作品材料”按类别分文件夹，文件夹名是作品编号和名称。",
        "使用本系统的单位：登录后在“推荐名单与公示”中打开本届赛事，点“上报与收件”，在“下级报来的（收件）”中上传整个压缩包，不要解开。",
        "manifest.json 列出了每个文件的 SHA-256，manifest.sig 是报送单位的签名。",
        f"报送单位的指纹：{manifest.fingerprint}",
        f"本包编号：{manifest.id}",
    ]
    return "\r\n".join(lines) + "\r\n"


def package_name(row: Handoff, contest: Contest, *, is_sealed: bool) -> str:
    """甘州区科协-2018年甘州区青少年科技创新大赛-上报第1版.zip; encrypted ones end with .cpsealed."""
    stem = f"{contest.office.short_name}-{contest.name}-上报第{row.revision}版".replace("/", "_")
    return f"{stem[:180]}.cpsealed" if is_sealed else f"{stem[:180]}.zip"


def remove_quietly(*paths: Path) -> None:
    """What is left of temporary files."""
    for path in paths:
        path.unlink(missing_ok=True)

"""`contest-portal certificates check` as a person runs it: a process, its words and its code."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner
from flask import Flask

from contest_portal.cli import Lazy
from contest_portal.core.storage import storage
from contest_portal.results.certificates.commands import certificates_group
from contest_portal.results.certificates.signing import PdfSealer, make_key
from tests.results.certificates.scene import AwardedWorld


def run(app: Flask, file: Path, *options: str) -> tuple[int, str]:
    lazy = Lazy(None)
    lazy._app = app
    answer = CliRunner().invoke(certificates_group, ["check", str(file), *options], obj=lazy)
    return answer.exit_code, answer.output


def test_a_file_is_valid_changed_revoked_or_not_ours(app: Flask, tmp_path: Path) -> None:
    world = AwardedWorld()
    row = world.issue("author")[0]
    with storage().open(row.file_sha256 or "") as stream:
        content = stream.read()
    file = tmp_path / "证书.pdf"
    file.write_bytes(content)
    code, words = run(app, file)
    assert (code, words.strip()) == (0, f"有效：{row.number}，签名者 甘州区科学技术协会，签名后没有改动。")
    file.write_bytes(content[:3000] + bytes([content[3000] ^ 1]) + content[3001:])
    assert run(app, file) == (1, "签名后被改动过，不可采信。\n")
    file.write_bytes(content)
    world.revoke(row.id, "作品雷同")
    code, words = run(app, file, "--json")
    answer = json.loads(words)
    assert (code, answer["intact"], answer["certificate"]["revoked_on"]) == (3, True, "2018-03-01")
    stranger = PdfSealer(make_key("别的单位", row.issued_at), reason="", place="")
    plain = content[: content.index(b"%%EOF") + 6]
    file.write_bytes(stranger.sign(plain))
    assert run(app, file) == (4, "不是本网站签发的：签名者 别的单位。\n")
    file.write_bytes(plain)
    assert run(app, file) == (4, "没有签名。\n")

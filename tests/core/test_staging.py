"""The staging folder: an upload of several files is as long as they are together, and becomes one file."""

from __future__ import annotations

import random
import secrets
from pathlib import Path

import pytest

from contest_portal.core.staging import LEAST_PIECE_BYTES, Staging
from contest_portal.core.storage import StorageFull

LARGE = LEAST_PIECE_BYTES + 12_345
SMALL = 70_001
SENDER = "a" * 64


@pytest.fixture
def staged(tmp_path: Path) -> tuple[Staging, str]:
    staging, token = Staging(tmp_path / "uploads"), secrets.token_urlsafe(32)
    staging.create(token)
    return staging, token


def arrive(staging: Staging, token: str, offset: int, data: bytes, most: int) -> int:
    part = staging.new_part(token, offset, SENDER)
    part.write(data)
    part.close()
    return staging.append(token, part.path, offset, most)


def sent(staging: Staging, token: str, sizes: list[int]) -> bytes:
    """Pieces of these sizes, one after the other; gives their content."""
    content, at = random.Random(len(sizes)).randbytes(sum(sizes)), 0
    for size in sizes:
        assert arrive(staging, token, at, content[at : at + size], len(content)) == at + size
        at += size
        assert staging.length(token) == staging.synced_length(token) == at
    return content


@pytest.mark.parametrize(
    "sizes",
    [
        [LARGE, LARGE, LARGE],
        [SMALL, SMALL, LARGE, SMALL, SMALL],
        [LARGE, SMALL, LARGE, LARGE, SMALL, LARGE],
    ],
)
def test_pieces_of_any_size_become_one_file(staged: tuple[Staging, str], sizes: list[int]) -> None:
    staging, token = staged
    content = sent(staging, token, sizes)
    assert staging.assemble(token).read_bytes() == content
    assert [path.name for path in staging.folder.glob("*.p*")] == []


@pytest.mark.parametrize("copied", [0, 1, LARGE - 1, LARGE])
def test_what_was_killed_while_becoming_one_file_goes_on(staged: tuple[Staging, str], copied: int) -> None:
    staging, token = staged
    content = sent(staging, token, [LARGE] * 3)
    with staging.path(token).open("ab") as file:
        file.write(content[LARGE : LARGE + copied])
    assert staging.assemble(token).read_bytes() == content


def test_a_piece_that_overlaps_adds_only_what_is_new(staged: tuple[Staging, str]) -> None:
    staging, token = staged
    content = random.Random(9).randbytes(3 * LARGE)
    arrive(staging, token, 0, content[:LARGE], len(content))
    arrive(staging, token, LARGE, content[LARGE : 2 * LARGE], len(content))
    assert arrive(staging, token, LARGE - 5, content[LARGE - 5 :], len(content)) == len(content)
    assert staging.assemble(token).read_bytes() == content


def test_a_piece_longer_than_the_rest_is_cut(staged: tuple[Staging, str]) -> None:
    staging, token = staged
    arrive(staging, token, 0, b"a" * LARGE, 2 * LARGE)
    assert arrive(staging, token, LARGE, b"b" * (LARGE + 1), 2 * LARGE) == 2 * LARGE
    assert staging.assemble(token).read_bytes() == b"a" * LARGE + b"b" * LARGE


def test_without_room_for_one_file_nothing_is_lost(staged: tuple[Staging, str]) -> None:
    resource = pytest.importorskip("resource")
    staging, token = staged
    content = sent(staging, token, [LARGE] * 3)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGE + 1000, hard))
    try:
        with pytest.raises(StorageFull):
            staging.assemble(token)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert staging.assemble(token).read_bytes() == content


def test_whoever_gives_up_leaves_no_piece(staged: tuple[Staging, str]) -> None:
    staging, token = staged
    sent(staging, token, [LARGE] * 3)
    staging.discard(token)
    assert staging.tokens() == set()

"""Likeness of pictures: copies are found, what only resembles is not, and files on the command line."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from pypdf import PdfWriter

from benchmarks import likeness_pictures as pictures
from benchmarks.likeness_edits import EDITS, framed, halved, mirrored, photographed
from contest_portal.cli import cli
from contest_portal.core.errors import DomainError
from contest_portal.media.likeness import Index, PictureFingerprint, Verdict, alike_among, compare, fingerprint

KINDS = ("scene", "crayon", "few shapes", "motifs", "texture")
SEED = 4021  # none that a threshold was chosen on


@cache
def base(kind: str) -> pictures.Pixels:
    return pictures.PROCEDURES[kind](np.random.default_rng([SEED, KINDS.index(kind)]))


@cache
def known(kind: str) -> PictureFingerprint:
    return fingerprint(base(kind))


def edited(kind: str, edit: str) -> PictureFingerprint:
    return fingerprint(EDITS[edit](base(kind), np.random.default_rng([SEED, len(edit)])))


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("kind", KINDS)
def test_an_edited_copy_is_the_same_sheet(kind: str, edit: str) -> None:
    found = compare(known(kind), edited(kind, edit))
    assert found.verdict is Verdict.SAME, found
    assert found.how["mirrored"] is (edit == "mirror") or kind == "few shapes"


def test_a_small_drawing_on_an_empty_sheet_is_known_again() -> None:
    sheet = np.full((600, 800, 3), 255, np.uint8)
    cv2.circle(sheet, (300, 250), 40, (200, 30, 30), -1)
    cv2.line(sheet, (320, 260), (420, 330), (20, 20, 120), 6)
    random = np.random.default_rng(3)
    for edit in (mirrored, framed, halved):
        assert compare(fingerprint(sheet), fingerprint(edit(sheet, random))).verdict is Verdict.SAME, edit.__name__


@pytest.mark.parametrize("draw", [pictures.scene, pictures.crayon, pictures.few_shapes, pictures.motifs])
def test_drawings_by_one_template_are_different_sheets(draw: pictures.Procedure) -> None:
    group = [fingerprint(one) for one in pictures.template_group(draw, np.random.default_rng(SEED), 4)]
    for number, one in enumerate(group):
        for other in group[:number]:
            found = compare(one, other)
            assert found.verdict is Verdict.DIFFERENT, (number, found)


def test_different_pictures_of_one_kind_are_different_sheets() -> None:
    for kind in ("scene", "nearly empty", "motifs"):
        draw = pictures.PROCEDURES[kind]
        one, other = (fingerprint(draw(np.random.default_rng([SEED, 9, number]))) for number in (1, 2))
        assert compare(one, other).verdict is Verdict.DIFFERENT, kind


def test_an_empty_sheet_is_like_no_other() -> None:
    white = fingerprint(np.full((300, 400, 3), 255, np.uint8))
    cream = fingerprint(np.full((300, 400, 3), (250, 240, 220), np.uint8))
    assert compare(white, cream).verdict is Verdict.DIFFERENT
    assert compare(white, known("scene")).verdict is Verdict.DIFFERENT
    assert compare(white, white).verdict is Verdict.SAME


def test_the_order_of_two_pictures_does_not_matter() -> None:
    other = edited("crayon", "another photo")
    assert compare(known("crayon"), other) == compare(other, known("crayon"))


def test_the_same_pixels_give_the_same_bytes_and_come_back_from_them() -> None:
    data = known("scene").to_bytes()
    assert fingerprint(base("scene").copy()).to_bytes() == data
    again = PictureFingerprint.from_bytes(data)
    assert again.to_bytes() == data
    copy = edited("scene", "3° turn")
    assert compare(again, copy) == compare(known("scene"), copy)


@pytest.mark.parametrize("spoil", [lambda data: b"", lambda data: b"XXX" + data[3:], lambda data: data[:-1]])
def test_bytes_that_are_no_fingerprint_are_refused(spoil) -> None:
    with pytest.raises(ValueError, match="fingerprint"):
        PictureFingerprint.from_bytes(spoil(known("scene").to_bytes()))


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 2), (5, 5)])
def test_odd_pictures_have_fingerprints_too(shape: tuple[int, int]) -> None:
    odd = fingerprint(np.random.default_rng(1).integers(0, 256, (*shape, 3), np.uint8))
    assert PictureFingerprint.from_bytes(odd.to_bytes()).sketch == odd.sketch
    assert compare(odd, known("scene")).verdict is Verdict.DIFFERENT


class TestIndex:
    def test_an_edited_copy_has_its_original_among_the_nearest(self) -> None:
        index = Index((number, known(kind).sketch) for number, kind in enumerate(KINDS))
        for number, kind in enumerate(KINDS):
            for edit in ("crop of 10 %", "mirror", "another photo"):
                found = index.candidates(edited(kind, edit), most=2)
                assert number in dict(found), (kind, edit, found)

    def test_one_by_one_is_the_same_as_all_at_once(self) -> None:
        at_once, one_by_one = Index((number, known(kind).sketch) for number, kind in enumerate(KINDS)), Index()
        for number, kind in enumerate(KINDS):
            one_by_one.add(number, known(kind))
        asked = edited("texture", "frame")
        assert at_once.candidates(asked) == one_by_one.candidates(asked)
        assert len(one_by_one) == len(KINDS)

    def test_a_number_added_again_stands_for_the_new_picture(self) -> None:
        index = Index([(7, known("scene").sketch), (8, known("motifs").sketch)])
        index.add(7, known("crayon"))
        assert len(index) == 2
        assert index.candidates(known("crayon"), most=1) == [(7, 0.0)]

    def test_equal_pictures_come_by_their_number(self) -> None:
        index = Index([(9, known("scene").sketch), (3, known("scene").sketch), (5, known("scene").sketch)])
        assert [number for number, _ in index.candidates(known("scene"))] == [3, 5, 9]

    def test_a_sheet_without_features_comes_before_others_without(self) -> None:
        y, x = np.mgrid[0:1:300j, 0:1:400j][:, :, :, None]
        colours = np.random.default_rng(SEED).integers(0, 256, (12, 3, 3))
        plain = [a + (b - a) * x * 0.5 + (c - a) * y * 0.5 for a, b, c in colours] + [colours[0, 0] + 90 * (x * y) ** 2]
        sheets = [fingerprint(np.clip(one, 0, 255).astype(np.uint8)) for one in plain]
        assert all(len(sheet.features) < 8 for sheet in sheets)
        index = Index((number, sheet.sketch) for number, sheet in enumerate(sheets))
        smaller = fingerprint(np.clip(plain[12], 0, 255).astype(np.uint8)[::2, ::2])
        assert index.candidates(smaller)[0][0] == 12

    def test_an_empty_index_has_no_candidates(self) -> None:
        assert Index().candidates(known("scene")) == []


class TestSearch:
    """Candidates stand for themselves here: "copy" is an edited scene, "gone" has no fingerprint, all else is a texture."""

    asked: list[str]

    def found(self, candidates: list[str], patience: int = 3) -> list[str]:
        self.asked = []

        def read(number: int) -> PictureFingerprint | None:
            self.asked.append(candidates[number])
            if candidates[number] == "gone":
                return None
            return edited("scene", "crop of 10 %") if candidates[number] == "copy" else known("texture")

        found = alike_among(known("scene"), range(len(candidates)), read, patience)
        return [candidates[number] for number, likeness in found if likeness.verdict is Verdict.SAME]

    def test_a_copy_that_is_not_the_nearest_is_found(self) -> None:
        assert self.found(["other", "other", "copy"]) == ["copy"]

    def test_after_so_many_different_ones_none_is_asked_any_more(self) -> None:
        assert self.found(["other", "other", "other", "copy", "other"]) == []
        assert self.asked == ["other"] * 3

    def test_every_copy_of_one_sheet_is_found(self) -> None:
        assert self.found(["copy", "other", "other", "copy", "copy", "other", "other", "copy"]) == ["copy"] * 4

    def test_what_has_no_fingerprint_any_more_is_passed_over(self) -> None:
        assert self.found(["gone", "gone", "gone", "other", "copy"]) == ["copy"]


def run(*words: object):
    return CliRunner().invoke(cli, ["media", *(str(word) for word in words)])


def written(path: Path, pixels: pictures.Pixels) -> Path:
    assert cv2.imwrite(str(path), pixels[..., ::-1])
    return path


class TestCommands:
    def test_compare_says_what_it_finds(self, tmp_path: Path) -> None:
        one = written(tmp_path / "a.png", base("scene"))
        photo = written(tmp_path / "b.jpg", photographed(base("scene"), np.random.default_rng(2)))
        other = written(tmp_path / "c.png", base("motifs"))
        assert "很可能是同一张画" in run("compare", one, photo).output
        assert "看不出是同一张画" in run("compare", one, other).output
        answer = run("compare", one, photo, "--json")
        found = json.loads(answer.output)
        assert answer.exit_code == 0
        assert found["verdict"] == "same"
        assert 0.75 <= found["score"] <= 1
        assert found["details"]["mirrored"] is False

    def test_compare_names_the_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        one = written(tmp_path / "a.jpg", base("scene"))
        broken = tmp_path / "画.jpg"
        broken.write_bytes(one.read_bytes()[:4000])
        answer = run("compare", one, broken)
        assert isinstance(answer.exception, DomainError)  # the program's main gives its sentence and code 2
        assert str(answer.exception.message).startswith("画.jpg：图片已损坏")
        assert "上传" not in str(answer.exception.message)

    def test_a_locked_document_is_called_locked(self, tmp_path: Path) -> None:
        one, locked = tmp_path / "a.txt", tmp_path / "申报书.pdf"
        one.write_text("月球上的空中农场" * 20, "utf-8")
        writer = PdfWriter()
        writer.add_blank_page(300, 300)
        writer.encrypt("geheim")
        writer.write(locked)
        answer = run("compare", one, locked)
        assert isinstance(answer.exception, DomainError)
        assert str(answer.exception.message).startswith("申报书.pdf：文件设有打开密码")
        assert "上传" not in str(answer.exception.message)

    def test_texts_that_are_too_short_are_called_so(self, tmp_path: Path) -> None:
        one, other = tmp_path / "a.txt", tmp_path / "b.txt"
        one.write_text("一种新的节水装置", "utf-8")
        other.write_text(
            "海底的数据图书馆，由风和潮汐供电，全校同学都可以在那里看书、做实验，还能写自己的日记", "utf-8"
        )
        assert json.loads(run("compare", one, other, "--json").output)["verdict"] == "too_short"
        assert "文字太少" in run("compare", one, other).output
        assert json.loads(run("compare", one, one, "--json").output)["verdict"] == "same"

    def test_a_folder_with_nothing_to_compare_says_so_and_ends_with_2(self, tmp_path: Path) -> None:
        empty = run("scan", tmp_path)
        assert empty.exit_code == 2
        assert "没有可比的" in empty.stdout
        (tmp_path / "note.txt").write_text("这不是图片", "utf-8")
        answer = run("scan", tmp_path)
        assert answer.exit_code == 2
        assert "另有 1 个文件不是图片" in answer.stdout
        assert "已读 1 / 1" in answer.stderr

    def test_scan_gives_the_pairs_and_what_it_could_not_read(self, tmp_path: Path) -> None:
        written(tmp_path / "one.png", base("scene"))
        (tmp_path / "more").mkdir()
        written(tmp_path / "more" / "two.jpg", mirrored(base("scene"), np.random.default_rng(1)))
        written(tmp_path / "three.png", base("crayon"))
        (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing")
        (tmp_path / "note.txt").write_text("这不是图片", "utf-8")
        answer = run("scan", tmp_path, "--json")
        found = json.loads(answer.output)
        assert found["pictures"] == 3
        assert found["skipped"] == 1
        assert [(pair["a"], pair["b"], pair["verdict"]) for pair in found["pairs"]] == [
            ("more/two.jpg", "one.png", "same")
        ]
        assert [one["file"] for one in found["unreadable"]] == ["broken.jpg"]
        assert answer.output == run("scan", tmp_path, "--json").output


@pytest.mark.parametrize("kind", ["scene", "crayon", "few shapes", "motifs"])
def test_a_copy_without_colours_is_a_question_to_a_person(kind: str) -> None:
    grey = cv2.cvtColor(base(kind), cv2.COLOR_RGB2GRAY)
    lamp = np.array((1.0, 0.93, 0.78))  # a photocopy photographed under a yellow lamp
    random = np.random.default_rng(SEED)
    for copy in (
        cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB),
        halved(np.rint(grey[..., None] * lamp).astype(np.uint8), random),
    ):
        found = compare(known(kind), fingerprint(copy))
        assert found.verdict is Verdict.UNSURE, found
        assert compare(fingerprint(copy), known(kind)) == found


@pytest.mark.parametrize("draw", [pictures.scene, pictures.crayon, pictures.few_shapes, pictures.motifs])
def test_a_grey_copy_of_another_drawing_is_no_question(draw: pictures.Procedure) -> None:
    one, other = (draw(np.random.default_rng([SEED, number])) for number in (1, 2))
    grey = cv2.cvtColor(cv2.cvtColor(other, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    assert compare(fingerprint(one), fingerprint(grey)).verdict is Verdict.DIFFERENT

"""The demo's files are what they claim to be: measured by the same sandbox that measures people's files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from contest_portal.contests.template_file import load_template
from contest_portal.demo.copies import COPIES, with_copies
from contest_portal.demo.documents import REPORT_KINDS, make_application, make_report
from contest_portal.demo.films import make_film
from contest_portal.demo.logins import Built, Login, read_built, write_built
from contest_portal.demo.people import people
from contest_portal.demo.pictures import make_painting, make_painting_again, make_photo
from contest_portal.demo.plan import full_plan, small_plan
from contest_portal.demo.scenes import THEMES
from contest_portal.demo.schools import schools
from contest_portal.demo.titles import film_type, title, work, works
from contest_portal.demo.works import plan_works
from contest_portal.media.facts import FileFacts, Kind
from contest_portal.media.likeness import PictureFingerprint, Verdict, compare, fingerprint
from contest_portal.media.probing import MediaReader
from contest_portal.media.text_likeness import compare_texts

CATEGORIES = ("CG", "KH", "SJ", "DV", "FA", "FX", "CK")


@pytest.fixture(scope="module")
def reader() -> Iterator[MediaReader]:
    reader = MediaReader(processes=1)
    yield reader
    reader.close()


def measured(reader: MediaReader, folder: Path, content: bytes) -> FileFacts:
    path = folder / "made"
    path.write_bytes(content)
    return reader.probe(path)


def fingerprint_of(content: bytes) -> PictureFingerprint:
    return fingerprint(np.asarray(Image.open(io.BytesIO(content)).convert("RGB")))


def text_of(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    return "".join(page.get_textpage().get_text_range() for page in pages).replace("\r\n", "")


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_a_painting_is_a_jpeg_of_54_by_38(reader: MediaReader, tmp_path: Path, theme: str) -> None:
    content = make_painting(1, theme, "health")
    facts = measured(reader, tmp_path, content)
    assert (facts.kind, facts.problem) == (Kind.JPEG, None)
    assert facts.width is not None
    assert facts.height is not None
    assert facts.width >= 3000
    assert facts.width / facts.height == pytest.approx(54 / 38, rel=0.001)
    assert len(content) < 3_000_000


def test_paintings_of_one_number_are_equal_and_of_two_numbers_differ_to_the_eye() -> None:
    def small(content: bytes) -> np.ndarray:
        return np.asarray(Image.open(io.BytesIO(content)).resize((54, 38)).convert("L"), dtype=float)

    assert make_painting(1, "mars") == make_painting(1, "mars")
    sheets = [small(make_painting(seed, "mars")) for seed in range(4)]
    for n, one in enumerate(sheets):
        for other in sheets[n + 1 :]:
            assert np.abs(one - other).mean() > 5


def test_a_photo_is_a_jpeg_of_the_usual_size(reader: MediaReader, tmp_path: Path) -> None:
    facts = measured(reader, tmp_path, make_photo(3))
    assert (facts.kind, facts.width, facts.height, facts.problem) == (Kind.JPEG, 1600, 1200, None)
    assert make_photo(3) == make_photo(3)
    assert make_photo(3) != make_photo(4)


def test_a_film_plays_in_browsers_and_fits_the_rules(reader: MediaReader, tmp_path: Path) -> None:
    content = make_film(1, "跟着沙枣树看世界", 190, "沙枣树")
    facts = measured(reader, tmp_path, content)
    assert (facts.kind, facts.video_codec, facts.audio_codec, facts.problem) == (Kind.MP4, "h264", "aac", None)
    assert (facts.width, facts.height) == (1280, 720)
    assert facts.duration_seconds == pytest.approx(190, abs=1)
    assert len(content) < 6_000_000
    assert content.index(b"moov") < content.index(b"mdat"), "the index comes first, so that playing starts at once"
    assert content == make_film(1, "跟着沙枣树看世界", 190, "沙枣树")
    assert content != make_film(2, "跟着沙枣树看世界", 190, "沙枣树")


@pytest.mark.parametrize("kind", REPORT_KINDS)
def test_a_report_is_a_document_with_chinese_text(reader: MediaReader, tmp_path: Path, kind: str) -> None:
    content = make_report(5, kind, "滴灌水量对沙枣幼苗株高的影响", "沙枣幼苗")
    facts = measured(reader, tmp_path, content)
    assert (facts.kind, facts.encrypted, facts.problem) == (Kind.PDF, False, None)
    assert 1 <= (facts.pages or 0) <= 5
    text = text_of(content)
    assert "滴灌水量对沙枣幼苗株高的影响" in text
    assert "沙枣幼苗" in text
    assert "{" not in text
    for word in ("甘州", "张掖"):  # judging is blind
        assert word not in text
    assert content == make_report(5, kind, "滴灌水量对沙枣幼苗株高的影响", "沙枣幼苗")
    assert content != make_report(6, kind, "滴灌水量对沙枣幼苗株高的影响", "沙枣幼苗")


def test_papers_and_photos_of_two_numbers_are_different_works() -> None:
    for kind, code in (("research", "CG"), ("activity", "SJ"), ("plan", "FA"), ("description", "FX")):
        told = [work(code, 3 * number) for number in range(5)]
        papers = [text_of(make_report(n, kind, one.title, one.subject)) for n, one in enumerate(told)]
        for one, other in combinations(papers, 2):
            assert compare_texts(one, other).verdict == "different"
    photos = [fingerprint_of(make_photo(number)) for number in range(4)]
    for photo, another in combinations(photos, 2):
        assert compare(photo, another).verdict is Verdict.DIFFERENT


def test_a_copied_report_is_a_third_of_the_other_and_a_sheet_taken_again_the_same_painting() -> None:
    theirs = make_report(1, "research", "滴灌水量对沙枣幼苗株高的影响", "沙枣幼苗")
    copy = make_report(2, "research", "浸种时间对枸杞发芽率的影响", "枸杞", copied=1)
    assert 0.2 < compare_texts(text_of(copy), text_of(theirs)).score < 0.5
    sheet, again = make_painting(1, "sea", "leaf"), make_painting_again(1, "sea", "leaf", 2)
    assert sheet != again
    assert compare(fingerprint_of(sheet), fingerprint_of(again)).verdict is Verdict.SAME


def test_the_few_copies_come_after_what_they_copy_and_from_other_schools() -> None:
    for plan in (small_plan(), full_plan()):
        all_schools = schools(plan.schools)
        works = {one.number: one for one in with_copies(plan_works(plan, all_schools, people(plan, all_schools)))}
        copies = [(one, works[one.original.number]) for one in works.values() if one.original]
        assert sorted((copy.code, copy.fate) for copy, _first in copies) == sorted(COPIES)
        for copy, first in copies:
            assert copy.school != first.school
            assert copy.submitted_at > first.submitted_at
            assert first.original is None


def test_an_application_shows_its_facts_and_a_seal_that_says_it_is_a_sample() -> None:
    content = make_application(1, "火星医院", [("作者", "张晓明"), ("学校", "示例小学")], summary="一座医院。")
    text = text_of(content).replace(" ", "")
    for word in ("火星医院", "张晓明", "示例小学", "一座医院。", "不作为中小学招生入学依据"):
        assert word in text
    assert "样章无效" in text.replace(" ", "")


@pytest.mark.parametrize("category", CATEGORIES)
def test_there_are_three_hundred_titles_a_category_and_none_twice(category: str) -> None:
    titles = [title(category, index) for index in range(300)]
    assert len(set(titles)) == 300
    assert len(works(category)) >= 300
    for index in range(300):
        one = work(category, index)
        assert 2 <= len(one.title) <= 30
        assert 10 <= len(one.summary) <= 200
        assert one.subject


def test_works_fit_the_words_of_the_rules() -> None:
    template = load_template("castic-district-2018")
    lists = {each.code: set(each.items) for each in template.discipline_lists}
    for one in works("CG"):
        assert one.primary_discipline in lists["primary-2018"]
        assert one.secondary_discipline in lists["secondary-12"]
    assert {one.teacher_subject for one in works("FX")} <= lists["teacher-subjects"]
    assert {one.theme for one in works("KH")} <= set(THEMES)
    films = next(category for category in template.categories if category.code == "DV")
    choices = next(field.choices for field in films.fields if field.code == "film_type")
    assert {film_type(index) for index in range(len(works("DV")))} <= set(choices)


def test_the_logins_of_a_demo_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    write_built(tmp_path, Built(7, finished=True, logins=[Login("教师", "李明", "西关小学", "js001")]))
    assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600]
    assert read_built(tmp_path) == Built(7, finished=True, logins=[Login("教师", "李明", "西关小学", "js001")])

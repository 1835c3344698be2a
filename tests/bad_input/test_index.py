"""Where each kind of bad input is tested: a case of the list below whose test is gone has to be given another one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

SERVER = "bad_input/test_files_on_a_real_server.py"
FORM = "entries/test_form_pages.py"
CORPUS = "media/test_bad_files.py"
COVERED: dict[str, tuple[str, ...]] = {
    "a roster with one bad row among 20,000": (
        "people/test_rosters.py::test_one_bad_row_among_twenty_thousand_stops_all_of_them",
        "bad_input/test_forms.py::test_a_roster_with_an_error_is_not_applied_by_its_button",
    ),
    "a workbook that is a renamed PDF": (f"{SERVER}::test_a_workbook_is_refused_beside_its_field_and_nothing_changes",),
    "an encrypted workbook": (
        f"{SERVER}::test_a_workbook_is_refused_beside_its_field_and_nothing_changes",
        "core/test_spreadsheets.py::test_an_encrypted_old_workbook_too",
    ),
    "a workbook with 1,048,576 empty rows": (
        f"{SERVER}::test_a_workbook_is_refused_beside_its_field_and_nothing_changes",
        "core/test_spreadsheets.py::test_a_sheet_formatted_to_its_last_row_is_read_without_its_empty_rows",
        "people/test_rosters.py::test_a_million_empty_rows",
    ),
    "a zip bomb": (
        f"{SERVER}::test_a_workbook_is_refused_beside_its_field_and_nothing_changes",
        "core/test_spreadsheets.py::test_a_bomb_that_declares_less_is_refused_by_what_it_holds",
    ),
    "a painting of 12,000 × 12,000": (
        f"{SERVER}::test_a_works_file_is_refused_beside_its_slot_and_nothing_changes",
        "media/test_probe.py::test_a_painting_of_12000_by_12000_is_measured_and_refused_undecoded",
    ),
    "a truncated JPEG": (
        f"{SERVER}::test_a_works_file_is_refused_beside_its_slot_and_nothing_changes",
        "media/test_probe.py::test_a_picture_cut_short_is_damaged",
    ),
    "an SVG": (
        f"{SERVER}::test_a_works_file_is_refused_beside_its_slot_and_nothing_changes",
        "media/test_probe.py::test_what_could_run_in_a_browser_has_no_type_that_would_let_it",
    ),
    "a PNG named .jpg": (
        f"{SERVER}::test_a_works_file_is_refused_beside_its_slot_and_nothing_changes",
        "media/test_probe.py::test_a_png_named_jpg_is_a_png",
    ),
    "an HTML page named .pdf": (
        f"{SERVER}::test_a_works_file_is_refused_beside_its_slot_and_nothing_changes",
        f"{FORM}::test_a_web_page_named_pdf_is_refused",
    ),
    "a PDF with a script, a PDF with an attachment": (
        f"{SERVER}::test_a_works_file_is_refused_beside_its_slot_and_nothing_changes",
        f"{CORPUS}::test_a_bad_file_is_named_and_the_next_is_read",
    ),
    "polyglots, bombs, 0 bytes, 1 × 60,000 pixels, a film with 10⁶ tiny packets": (
        f"{CORPUS}::test_a_bad_file_is_named_and_the_next_is_read",
        f"{CORPUS}::test_previews_of_a_bad_file_are_made_or_refused",
    ),
    "files of every kind cut short, or with bytes changed by chance": (
        f"{CORPUS}::test_a_file_cut_short_is_damaged",
        f"{CORPUS}::test_an_office_file_cut_short_is_not_taken_for_whole",
        f"{CORPUS}::test_whatever_bytes_are_changed_there_are_facts",
    ),
    "a ZIP with a member that has no name": (
        "bad_input/test_found_by_fuzzing.py::test_a_member_without_a_name_does_not_stop_a_batch",
        "bad_input/test_found_by_fuzzing.py::test_a_member_without_a_name_does_not_break_the_reader",
    ),
    "a form with a part that has no name": (
        "bad_input/test_found_by_fuzzing.py::test_a_part_of_a_form_without_a_name_is_a_bad_request",
    ),
    "a confirmed preview whose sealed rows are missing or are not the site's": (
        "bad_input/test_found_by_fuzzing.py::test_what_no_preview_sealed_is_refused_and_breaks_nothing",
        "permissions/test_random_walks.py::test_nobody_reads_what_is_not_theirs_whatever_was_done_before",
    ),
    "a title of 10,000 characters": (
        "bad_input/test_forms.py::test_what_the_form_refuses_changes_nothing_at_all",
        f"{FORM}::test_an_absurd_title_is_refused_beside_its_field",
    ),
    "a title of control characters": (
        "bad_input/test_forms.py::test_what_the_form_refuses_changes_nothing_at_all",
        f"{FORM}::test_an_absurd_title_is_refused_beside_its_field",
    ),
    "two first authors": (
        "bad_input/test_forms.py::test_what_the_form_refuses_changes_nothing_at_all",
        f"{FORM}::test_two_first_authors_are_refused",
        "entries/test_drafts.py::test_two_first_authors_are_refused_by_the_service_too",
    ),
    "a second project of the same pupil from another school at the same moment": (
        "bad_input/test_at_once.py::test_of_two_schools_with_a_project_of_one_pupil_one_gets_in_and_the_other_is_told",
    ),
    "submit one second after grace": (
        "bad_input/test_forms.py::test_grace_ends_with_its_last_second",
        "entries/test_submission.py::test_the_deadline_is_inclusive_and_has_a_silent_minute",
    ),
    "a judge opening a task not theirs": ("judging/test_pages.py::test_another_judges_task_is_not_there",),
    "a doubled click on submit": (
        "bad_input/test_at_once.py::test_a_doubled_click_on_submit_makes_one_number_and_one_version",
        f"{FORM}::test_the_page_of_a_complete_entry_submits_it_once_however_often_it_is_pressed",
        "judging/test_pages.py::test_a_doubled_click_makes_one_sheet",
        "core/test_page_scripts.py::test_a_doubled_click_sends_once",
    ),
    "a stale form": (
        f"{FORM}::test_a_stale_form_keeps_what_was_typed_and_changes_nothing",
        "contests/test_office_pages.py::test_a_stale_call_keeps_what_was_typed",
        "entries/test_screening.py::test_a_stale_page_is_told_so_and_shows_what_is_there_now",
    ),
    "an expired session": (
        f"{FORM}::test_what_was_typed_survives_an_expired_session",
        "people/test_login_pages.py::test_what_was_typed_comes_back_after_the_session_ran_out",
        "journeys/test_teacher.py::test_a_teams_project_survives_an_expired_session",
    ),
}


@pytest.mark.parametrize("case", COVERED)
def test_the_tests_of_each_bad_input_are_there(case: str) -> None:
    for name in COVERED[case]:
        path, _, test = name.partition("::")
        tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
        found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert test in found, f"{name} is gone: name here the test that now covers {case!r}"

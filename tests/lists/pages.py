"""Every page of the program that lists something, and the number of statements that it takes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ListPage:
    """A list page as one reader opens it. `statements`: how many it takes, whatever the number of rows.

    `rows` is false for a page that shows only numbers or neighbours of the many rows that it reads.
    """

    endpoint: str
    reader: str
    address: str
    statements: int
    rows: bool = True


LIST_PAGES = [
    ListPage("contests.home", "public", "/", 7),
    ListPage("contests.office_list", "office", "/office/contests", 7),
    ListPage("contests.export_list", "office", "/office/contests/export", 5),
    ListPage("contests.overview", "office", "/office/contests/{contest}", 7, rows=False),
    ListPage("contests.categories", "office", "/office/contests/{contest}/categories", 8, rows=False),
    ListPage("contests.category", "office", "/office/categories/{judged}", 7, rows=False),
    ListPage("contests.edit_call", "office", "/office/contests/{contest}/call", 7),
    ListPage("contests.show", "public", "/contests/{contest}", 3),
    ListPage("contests.new_copy", "office", "/office/contests/new/copy", 5),
    ListPage("core.show_notices", "office", "/notices", 5),
    ListPage("core.show_notices", "manager", "/notices", 5),
    ListPage("entries.own_space", "manager", "/school/space", 9, rows=False),
    ListPage("entries.space_of_school", "office", "/schools/{school}/space", 9, rows=False),
    ListPage("entries.batches_of_category", "teacher", "/entries/new/{screened}/batch", 6),
    ListPage("entries.batch_table", "teacher", "/entries/batches/{batch}", 11),
    ListPage("entries.export_batch", "manager", "/entries/batches/{batch}/export", 9),
    ListPage("entries.choose", "teacher", "/entries/new", 6),
    ListPage("entries.index", "manager", "/entries", 12),
    ListPage("entries.index", "teacher", "/entries?state=submitted&q=作品", 8),
    ListPage("entries.export", "manager", "/entries/export", 5),
    ListPage("entries.show", "manager", "/entries/{entry}", 18),
    ListPage("entries.versions", "teacher", "/entries/{entry}/versions", 8),
    ListPage("entries.compare", "teacher", "/entries/{entry}/compare", 9),
    ListPage("entries.office_list", "office", "/office/contests/{contest}/entries", 12),
    ListPage("entries.office_list", "office", "/office/contests/{contest}/entries?q=学生00&sort=-school", 12),
    ListPage("entries.office_export", "office", "/office/contests/{contest}/entries.xlsx", 7),
    ListPage("entries.office_exceptions", "office", "/office/contests/{contest}/exceptions", 7),
    ListPage("entries.export_exceptions", "office", "/office/contests/{contest}/exceptions/export", 4),
    ListPage("entries.screening_overview", "office", "/office/contests/{contest}/screening", 7),
    ListPage("entries.screening_queue", "office", "/office/contests/{contest}/screening/{screened}", 12),
    ListPage("entries.export_queue", "office", "/office/contests/{contest}/screening/{screened}/export", 7),
    ListPage("entries.likeness_list", "office", "/office/likeness", 9),
    ListPage("entries.likeness_list", "office", "/office/likeness?state=open&q=作品&sort=-score", 9),
    ListPage("entries.likeness_export", "office", "/office/likeness/export", 4),
    ListPage("entries.likeness_pair", "office", "/office/likeness/{pair}", 8, rows=False),
    ListPage("events.activities", "office", "/office/years/2018/activities", 5),
    ListPage("events.export_activities", "office", "/office/years/2018/activities/export", 3),
    ListPage("jobs.index", "office", "/office/jobs", 8),
    ListPage("jobs.export", "office", "/office/jobs/export", 5),
    ListPage("judging.judges", "office", "/office/judges", 7),
    ListPage("judging.export_judges", "office", "/office/judges/export", 5),
    ListPage("judging.show_judge", "office", "/office/judges/{judge}", 11),
    ListPage("judging.relations", "office", "/office/relations", 6),
    ListPage("judging.export_relations", "office", "/office/relations/export", 5),
    ListPage("judging.rounds", "office", "/office/rounds", 9),
    ListPage("judging.export_rounds", "office", "/office/rounds/export", 5),
    ListPage("judging.show_round", "office", "/office/rounds/{round}", 15),
    ListPage("judging.export_progress", "office", "/office/rounds/{round}/export", 9),
    ListPage("judging.seats", "office", "/office/rounds/{planned}/judges", 10),
    ListPage("judging.plan", "office", "/office/rounds/{planned}/plan", 14, rows=False),
    ListPage("judging.panels", "office", "/office/rounds/{planned}/panels", 8, rows=False),
    ListPage("judging.works", "office", "/office/rounds/{planned}/works", 10),
    ListPage("judging.export_works", "office", "/office/rounds/{planned}/works/export", 8),
    ListPage("judging.interviews", "office", "/office/rounds/{round}/interviews", 10),
    ListPage("judging.export_interviews", "office", "/office/rounds/{round}/interviews/export", 8),
    ListPage("judging.tasks", "office", "/office/rounds/{round}/tasks", 12),
    ListPage("judging.export_tasks", "office", "/office/rounds/{round}/tasks/export", 9),
    ListPage("judging.quality", "office", "/office/rounds/{round}/quality", 14, rows=False),
    ListPage("judging.export_quality", "office", "/office/rounds/{round}/quality/export", 10, rows=False),
    ListPage("judging.repair", "office", "/office/rounds/{round}/repair", 11, rows=False),
    ListPage("judging.paper", "office", "/office/rounds/{round}/paper", 14),
    ListPage("judging.export_paper", "office", "/office/rounds/{round}/paper/export", 9),
    ListPage("judging.reassign", "office", "/office/tasks/{task}/reassign", 14),
    ListPage("judging.ranking", "office", "/office/rankings/{ranking}", 10),
    ListPage("judging.export_ranking", "office", "/office/rankings/{ranking}/export", 7),
    ListPage("judging.own_tasks", "judge", "/judge", 7),
    ListPage("judging.own_relations", "judge", "/judge/relations", 7),
    ListPage("judging.task", "judge", "/judge/tasks/{own_task}", 13, rows=False),
    ListPage("judging.pile", "judge", "/judge/rounds/{round}/pile", 11),
    ListPage("judging.compare", "judge", "/judge/tasks/{own_task}/compare", 12),
    ListPage("judging.sheet_versions", "office", "/office/tasks/{own_task}/sheets", 7, rows=False),
    ListPage("people.account", "manager", "/account", 6),
    ListPage("people.start", "office", "/work", 12),
    ListPage("people.start", "manager", "/work", 10),
    ListPage("people.start", "teacher", "/work", 8),
    ListPage("people.start", "judge", "/work", 9),
    ListPage("people.staff", "office", "/office", 7),
    ListPage("people.list_schools", "office", "/schools", 7),
    ListPage("people.export_schools", "office", "/schools/export", 3),
    ListPage("people.show_school", "office", "/schools/{other_school}", 7),
    ListPage("people.school_accounts", "manager", "/school/accounts", 7),
    ListPage("people.students", "manager", "/schools/{school}/students", 8),
    ListPage("people.students", "teacher", "/schools/{school}/students?q=学生&grade=4", 7),
    ListPage("people.export_students", "manager", "/schools/{school}/students/export", 4),
    ListPage("people.show_student", "manager", "/students/{pupil}", 10),
    ListPage("people.teachers", "manager", "/schools/{school}/teachers", 8),
    ListPage("people.export_teachers", "manager", "/schools/{school}/teachers/export", 4),
    ListPage("people.upload_roster", "manager", "/schools/{school}/roster", 6),
    ListPage("people.show_roster_import", "manager", "/roster-imports/{import}", 7),
    ListPage("people.show_roll_over", "manager", "/schools/{school}/roll-over", 8),
    ListPage("people.school_consents", "manager", "/schools/{school}/consents", 10),
    ListPage("people.export_consents", "manager", "/schools/{school}/consents/export", 5),
    ListPage("people.record_consents", "manager", "/schools/{school}/consents/record?grade=4&class=0班", 6),
    ListPage("people.transfers", "office", "/transfers", 6),
    ListPage("people.transfers", "manager", "/transfers", 6),
    ListPage("people.export_transfers", "office", "/transfers/export", 4),
    ListPage("reports.annual", "office", "/office/summary/2018", 15),
    ListPage("results.lists", "office", "/office/lists", 5),
    ListPage("results.contest_lists", "office", "/office/contests/{contest}/lists", 13),
    ListPage("results.category_list", "office", "/office/categories/{judged}/list", 11),
    ListPage("results.category_workbook", "office", "/office/categories/{judged}/list/recommended.xlsx", 8),
    ListPage("results.recommended_workbook", "office", "/office/contests/{contest}/lists/recommended.xlsx", 9),
    ListPage(
        "results.quantities_workbook", "office", "/office/contests/{contest}/lists/quantities.xlsx", 9, rows=False
    ),
    ListPage("results.shortlist", "office", "/office/shortlists/{shortlist}", 8),
    ListPage("results.publication_form", "office", "/office/contests/{contest}/publication", 13, rows=False),
    ListPage("results.publication_preview", "leader", "/office/publications/{draft}", 12),
    ListPage("results.public_lists", "public", "/lists", 1),
    ListPage("results.public_list", "public", "/lists/{publication}", 2),
    ListPage("results.print_list", "public", "/lists/{publication}/print", 2),
    ListPage("results.download_list", "public", "/lists/{publication}/list.xlsx", 1),
    ListPage("results.all_participation", "office", "/office/contests/{contest}/participation", 8),
    ListPage("results.export_participation", "office", "/office/contests/{contest}/participation/export", 5),
    ListPage("results.own_participation", "manager", "/school/participation", 5),
    ListPage("results.year_records", "office", "/office/years/2018/results", 7),
    ListPage("results.export_year_records", "office", "/office/years/2018/results/export", 4),
]

NO_LISTS = {
    "core.show_style_guide": "shows samples, nothing from the database",
    "judging.import_relations": "shows the rows of the workbook that was just sent",
    "judging.import_marks": "shows the rows of the workbook that was just sent",
    "judging.import_judges": "shows the rows of the workbook that was just sent",
    "people.import_schools": "shows the rows of the workbook that was just sent",
}
"""Views that use the table macros for something else than rows of the database, and why."""

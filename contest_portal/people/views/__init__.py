"""Pages of people, a file for each screen area; they share one blueprint."""

from contest_portal.people.privacy import views as privacy
from contest_portal.people.views import account as account
from contest_portal.people.views import application as application
from contest_portal.people.views import confirming as confirming
from contest_portal.people.views import consents as consents
from contest_portal.people.views import invitations as invitations
from contest_portal.people.views import login_factor as login_factor
from contest_portal.people.views import members as members
from contest_portal.people.views import notice_choices as notice_choices
from contest_portal.people.views import number_search as number_search
from contest_portal.people.views import office as office
from contest_portal.people.views import outbox as outbox
from contest_portal.people.views import own_school as own_school
from contest_portal.people.views import roll_over as roll_over
from contest_portal.people.views import rosters as rosters
from contest_portal.people.views import school_import as school_import
from contest_portal.people.views import schools as schools
from contest_portal.people.views import second_factor as second_factor
from contest_portal.people.views import students as students
from contest_portal.people.views import teachers as teachers
from contest_portal.people.views import transfers as transfers
from contest_portal.people.views.blueprint import bp

__all__ = ["blueprints", "privacy"]

blueprints = [bp]

"""For WSGI servers: `wsgi:app`."""

from contest_portal import create_app
from contest_portal.core.running_processes import attend_from_first_request

app = create_app()
attend_from_first_request(app)

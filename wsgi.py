"""For WSGI servers: `wsgi:app`."""

from contest_portal import create_app

app = create_app()

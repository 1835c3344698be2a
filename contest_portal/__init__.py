"""contest-portal: youth science contests from rosters to published lists."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

from contest_portal.confirmed_acts import ACTS
from contest_portal.core import secret_files
from contest_portal.core.addresses import BoundedNumber
from contest_portal.core.clock import Clock, SystemClock
from contest_portal.core.current_storage import CurrentStorage
from contest_portal.core.database import db, init_database, migrations_folder
from contest_portal.core.headers import init_headers
from contest_portal.core.hosts import init_hosts
from contest_portal.core.i18n import init_i18n
from contest_portal.core.job_wakeup import Bell
from contest_portal.core.lost_keys import require_keys_of_old
from contest_portal.core.operating.answered import init_answered
from contest_portal.core.outbox.channels import require_readable
from contest_portal.core.own_origin import init_own_origin
from contest_portal.core.pages import init_pages
from contest_portal.core.proxies import init_proxies
from contest_portal.core.rate_limits import init_rate_limits
from contest_portal.core.sealing import Sealer
from contest_portal.core.staging import Staging
from contest_portal.core.step_up import init_step_up
from contest_portal.core.virus_scan import require_address
from contest_portal.people.sessions import init_sessions
from contest_portal.settings import Settings, read_settings

# Before NumPy is first imported. One thread a calculation: several requests share the cores anyway, a busy machine makes
# waiting threads twenty times slower, and sums in one order give the same last digits on any number of cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"

ROOMS = ("core", "people", "contests", "media", "entries", "judging", "results", "events", "reports")


def create_app(settings: Settings | None = None, *, clock: Clock | None = None, testing: bool = False) -> Flask:
    """The application: reads the settings, makes the instance folder and its secrets at first start, wires the rooms."""
    settings = settings or read_settings()
    require_readable(settings)
    require_keys_of_old(settings)
    app = Flask("contest_portal", static_folder="core/static", template_folder="core/templates")
    app.config.update(
        SETTINGS=settings,
        TESTING=testing,
        DEBUG=settings.debug,
        SECRET_KEY=secret_files.secret(settings.instance, "secret_key"),
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=settings.max_form_mb * 1024 * 1024,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=24 * 3600,
        RATELIMIT_ENABLED=not testing,
    )
    app.url_map.converters["int"] = BoundedNumber
    app.extensions["clock"] = clock or SystemClock()
    app.extensions["sealer"] = Sealer(secret_files.DataKeys(settings.instance))
    app.extensions["staging"] = Staging(settings.uploads_folder, settings.upload_reserve_mb << 20)
    app.extensions["storage"] = CurrentStorage(settings)
    app.extensions["jobs_bell"] = Bell(settings.redis_url)
    init_answered(app)
    init_hosts(app)
    init_proxies(app)
    init_own_origin(app)
    require_address(app)
    init_headers(app)
    init_database(app)
    Migrate(app, db, directory=str(migrations_folder()))
    init_i18n(app)
    init_sessions(app)
    init_step_up(app, ACTS)
    init_pages(app)
    init_rate_limits(app)
    for room in ROOMS:
        _wire(app, room)
    return app


def _wire(app: Flask, room: str) -> None:
    """Register a room: its models, what it knows of categories' use, its words for the trail, its policy, its blueprints."""
    folder = Path(__file__).parent / room
    for name in ("models", "usage", "audit_words"):
        if (folder / f"{name}.py").is_file():
            import_module(f"contest_portal.{room}.{name}")
    import_module(f"contest_portal.{room}.policy")
    for blueprint in import_module(f"contest_portal.{room}.views").blueprints:
        app.register_blueprint(blueprint)

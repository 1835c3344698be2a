"""The blueprint on which the room's pages stand."""

from flask import Blueprint

bp = Blueprint("reports", "contest_portal.reports", template_folder="templates")

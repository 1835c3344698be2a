"""The blueprint on which the room's pages stand."""

from flask import Blueprint

bp = Blueprint("results", "contest_portal.results", template_folder="templates")

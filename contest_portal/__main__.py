"""`python -m contest_portal` is the command `contest-portal`."""

from contest_portal.cli import main

main()

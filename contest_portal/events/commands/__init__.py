"""The commands `contest-portal events …`, a file for each; `events/cli.py` gathers them."""

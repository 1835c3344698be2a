"""The commands `contest-portal judging …`, a file for each; `judging/cli.py` gathers them."""

"""The commands `contest-portal results …`, a file for each; `results/cli.py` gathers them."""

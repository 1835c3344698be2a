"""The verbs of judging, a file for each noun."""

"""The forms of judging, a file for each noun."""

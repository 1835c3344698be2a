"""The verbs of people, a file for each noun."""

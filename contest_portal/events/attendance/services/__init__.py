"""The verbs of the day itself."""

"""The verbs on personal data."""

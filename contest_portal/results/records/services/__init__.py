"""Verbs, each one transaction."""

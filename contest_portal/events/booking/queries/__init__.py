"""Reads of parties for pages, lists and exports."""

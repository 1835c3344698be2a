"""Reads of contest days."""

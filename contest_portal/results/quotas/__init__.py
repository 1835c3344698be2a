"""Quotas: the table of a category, what it means for schools, filling a list within it."""

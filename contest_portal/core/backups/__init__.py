"""Backups of a whole site: its rows as they stood at one moment, every file that these name, its keys when encrypted.

A place (`places.py`) holds `files/ab/abcd…` by their SHA-256, shared by all generations, and `generations/NAME/` each
with one part a table and a `manifest.json`. The manifest is written last: what has none is no backup.
"""

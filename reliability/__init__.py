"""Faults with real processes and a load running: what is acknowledged stays, nothing is half, it recovers by itself.

`python -m reliability` breaks the program as machines do and writes docs/reliability.md. Outside the normal suite;
tests/faults runs a small version of each.
"""

"""Certificates: their numbers, what stands on them and where, the letters they need, how they are printed and signed."""

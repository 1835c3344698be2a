"""Recommendation lists: filled by rank within the quotas, decided on, approved, taken away as documents."""

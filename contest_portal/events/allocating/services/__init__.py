"""The verbs of allocating: freeze and compute, adjust, publish."""

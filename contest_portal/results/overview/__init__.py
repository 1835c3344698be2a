"""A contest at one look: where its lists and awards stand, what to do next."""

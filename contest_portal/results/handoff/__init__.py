"""Handing works up to the next office and taking in what comes from below, in one deployment or as signed files."""

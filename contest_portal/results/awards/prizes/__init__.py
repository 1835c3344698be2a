"""The rule by which prizes are given, and what it says of each work. Pure."""

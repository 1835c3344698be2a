"""A public list as content: its lines, columns, canonical form. Pure."""

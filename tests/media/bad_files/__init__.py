"""Files that are whole, and files that somebody means harm with: every one is made here, none is kept in the project."""

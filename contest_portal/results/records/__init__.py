"""Head-counts of schools; what came back from above and honours of the year."""

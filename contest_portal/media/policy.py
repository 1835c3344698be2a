"""Who may do what in media."""

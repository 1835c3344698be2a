"""Schools' parties and their places: booking, changing, waiting."""

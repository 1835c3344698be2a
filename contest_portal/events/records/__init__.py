"""What the office notes of its year by hand: activities with their named figures."""

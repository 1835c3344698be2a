"""The reads of people, a file for each noun."""

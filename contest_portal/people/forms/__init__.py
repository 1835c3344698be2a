"""The forms of people, a file for each noun. What is right is decided in the services, which name the fields."""

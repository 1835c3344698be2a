"""Awards: prizes by rule and decision, special awards, tutors and schools, what schools see of it."""

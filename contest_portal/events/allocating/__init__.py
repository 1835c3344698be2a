"""Events where schools wish first: the plan of who comes when, adjusted and published."""

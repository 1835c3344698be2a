"""Events and their sessions: what takes place, when, where, for whom, with how many places."""

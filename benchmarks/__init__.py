"""Speed, measured on the machine at hand: one file a room, each with a `measure()`."""

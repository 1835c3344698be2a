"""What the room's pages and its higher rooms read, a file a subject."""

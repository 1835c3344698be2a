"""One file for each fault; `run` breaks sites by it and gives what came of each."""

"""Things that children paint. Each is put where its foot or its centre is given, in pixels of the sheet."""

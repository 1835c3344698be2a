"""Bad input at large, outside the tests: random requests to every route, changed files to every parser."""

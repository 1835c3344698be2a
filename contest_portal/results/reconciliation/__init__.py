"""The account of a contest: from collected works to awards and public lists."""

"""What is held about one person and how long: retention, erasing, a copy for the person. Higher rooms register theirs."""

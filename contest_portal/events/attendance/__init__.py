"""The day itself: lists, check-in, actual counts, the hall as it is now."""

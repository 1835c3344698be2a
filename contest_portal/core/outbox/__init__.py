"""What leaves the site by mail or SMS: kinds of notices, rows that wait, the channels that send them, reminders."""

"""What whoever operates the site needs: an orderly stop, the log, figures, and a look over a deployment."""

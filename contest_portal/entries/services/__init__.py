"""The room's verbs, a file a group: drafts, files, submission, withdrawal, exceptions, screening."""

"""What was shipped, and the share that may go: an append-only log, and what follows from it."""

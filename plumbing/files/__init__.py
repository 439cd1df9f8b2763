"""Files: whole writes, and regular files only."""

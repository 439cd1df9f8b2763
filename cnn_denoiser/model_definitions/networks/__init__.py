"""One network a file, each with a function that builds it."""

"""What all commands share: options, errors and exit codes, notices, signals, streams."""

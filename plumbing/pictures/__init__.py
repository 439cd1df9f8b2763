"""Picture files: finding, reading and writing them; the frame; contact sheets."""

"""Files of settings: their lines, and those of a directory."""

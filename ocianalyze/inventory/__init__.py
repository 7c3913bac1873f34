"""Who put which file there: packages from captured facts, and the files they own."""

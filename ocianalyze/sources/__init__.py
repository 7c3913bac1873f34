"""Where images are kept: one module for each kind of place."""

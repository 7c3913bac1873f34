"""`bases`: images that others are built on, known by their layers."""

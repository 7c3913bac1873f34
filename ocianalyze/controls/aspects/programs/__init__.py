"""Programs of an image: what a container starts, and what is there besides."""

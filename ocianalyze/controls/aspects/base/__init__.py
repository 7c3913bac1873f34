"""Where an image comes from: its base, and provenance that is attached to it."""

"""SLSA build track: which level an image's provenance shows."""

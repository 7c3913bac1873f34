"""What secrets that were found mean to controls (catalogue, 4.10)."""

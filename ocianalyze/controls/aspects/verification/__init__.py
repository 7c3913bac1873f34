"""Whether packages were verified when they were installed (catalogue, 4.11)."""

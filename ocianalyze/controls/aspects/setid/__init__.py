"""Files that give their runner other rights (catalogue, 4.8)."""

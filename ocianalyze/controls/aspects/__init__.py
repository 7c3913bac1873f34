"""What several frameworks ask of an image, by topic; no control is here."""

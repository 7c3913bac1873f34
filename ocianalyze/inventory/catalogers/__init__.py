"""One module for each ecosystem; each exports `CATALOGER`."""

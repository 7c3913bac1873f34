"""Packages: which are not needed, and whose records were written again."""

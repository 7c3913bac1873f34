"""Offline analysis of saved container images."""

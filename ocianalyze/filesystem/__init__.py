"""Layers merged into one tree that keeps every version of every path."""

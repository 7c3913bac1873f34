"""Blobs as streams: verified while they are read, decompressed by their magic bytes."""

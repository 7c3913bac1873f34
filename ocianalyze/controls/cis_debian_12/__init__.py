"""CIS Debian Linux 12 Benchmark, as far as an image of any Linux distribution decides it."""

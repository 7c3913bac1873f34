"""CIS Docker Benchmark: one module for each recommendation that an image can decide."""

"""Benchmarks: whole processes side by side, as ratios within one run."""

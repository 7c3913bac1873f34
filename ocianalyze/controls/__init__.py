"""Recommendations of benchmarks, decided from an ImageView."""

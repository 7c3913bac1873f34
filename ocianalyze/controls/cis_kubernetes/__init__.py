"""CIS Kubernetes Benchmark, section 5: what an image tells of its policies."""

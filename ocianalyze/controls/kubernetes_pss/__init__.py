"""Kubernetes Pod Security Standards: what an image tells of them."""

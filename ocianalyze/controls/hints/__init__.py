"""What an image tells of recommendations that runtime, node or platform must meet."""

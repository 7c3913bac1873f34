"""Who a container runs as, and what that user may do."""

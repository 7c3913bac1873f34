"""DISA STIGs for Docker Enterprise and Kubernetes: the rules that images meet or miss."""

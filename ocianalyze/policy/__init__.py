"""Policy: what its owner says of an image - profiles, allowances, controls of their own."""

"""What a coding hides: archives, compressed files, git objects and key stores in layers."""

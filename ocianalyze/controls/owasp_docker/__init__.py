"""OWASP Docker Security Cheat Sheet: the rules that an image tells of."""

"""A rule of one's own."""

RULE = """
id = "acme"
title = "Acme token"
provider = "Acme"
kind = "token"
severity = "high"
pattern = '\\b(?P<secret>acme_[0-9a-f]{12})\\b'
remediation = "Revoke it"
"""

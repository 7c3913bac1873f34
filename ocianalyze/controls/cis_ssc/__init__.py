"""CIS Software Supply Chain Security Guide: what an image shows of how it was made."""

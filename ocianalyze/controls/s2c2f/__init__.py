"""OpenSSF Secure Supply Chain Consumption Framework: what an image shows of it."""

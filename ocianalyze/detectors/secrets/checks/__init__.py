"""Proofs that need no network, one module for each name that rules may list under `checks`."""

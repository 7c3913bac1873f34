"""Secrets: rules as data, an engine that finds their triggers, checks that prove what they can."""

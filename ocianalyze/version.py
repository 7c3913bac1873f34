"""The version, where every room may read it without looking for the installed distribution."""

VERSION = "0.1.0"

"""Settings of sshd."""

from ocianalyze.detectors.captures._base import files

MAIN = ("etc/ssh/sshd_config", "usr/etc/ssh/sshd_config")

CAPTURE = files(*MAIN, directories=[f"{path}.d" for path in MAIN])

"""Settings of logins and of the shells that they start."""

from ocianalyze.detectors.captures._base import files

LOGIN_DEFS = ("etc/login.defs", "usr/etc/login.defs")
SHELLS = "etc/shells"
PROFILE, PROFILES = "etc/profile", "etc/profile.d"
PROFILES_OF_BASH = ("etc/bash.bashrc", "etc/bashrc")
PROFILES_OF_ROOT = ("root/.profile", "root/.bash_profile", "root/.bashrc")

CAPTURE = files(
    SHELLS, PROFILE, *LOGIN_DEFS, *PROFILES_OF_BASH, *PROFILES_OF_ROOT, directories=(PROFILES,)
)

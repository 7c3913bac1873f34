"""How logins ask for passwords; authselect keeps the files that links in `etc/pam.d` lead to."""

from ocianalyze.detectors.captures._base import files

HOMES = ("etc/pam.d", "usr/lib/pam.d")
AUTH = ("common-auth", "system-auth", "password-auth")
PASSWORD = ("common-password", "system-auth", "password-auth")
SU = ("su", "su-l")
_LED_TO = (*HOMES, "etc/authselect")

CAPTURE = files(*(f"{home}/{name}" for home in _LED_TO for name in (*AUTH, *PASSWORD, *SU)))

"""Rules of sudo and doas."""

from ocianalyze.detectors.captures._base import files
from ocianalyze.limits import MIB

SUDO = ("etc/sudoers", "usr/etc/sudoers")
DOAS, DOAS_HOME = "etc/doas.conf", "etc/doas.d"

CAPTURES = (
    files(names=("sudoers",), directories=("etc/sudoers.d",), most=MIB),
    files(DOAS, directories=(DOAS_HOME,)),
)

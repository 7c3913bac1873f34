"""CIS Debian 1.2.2.1: updates are installed, which is what CIS Docker 4.4 asks."""

from dataclasses import replace

from ocianalyze.controls.cis_docker import c4_04_security_patches

CONTROL = replace(
    c4_04_security_patches.CONTROL, id="cis-debian-12-1.2.2.1", short="updates installed"
)

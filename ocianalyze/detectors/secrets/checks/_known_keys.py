"""Private keys that everybody has, by the fingerprints of their public halves."""

KNOWN = {
    "SHA256:1M4RzhMyWuFS/86uPY/ce2prh/dVTHW7iD2RhpquOZA": "Vagrant's insecure key",
    "SHA256:WkvqjnyPAeC0cbPErYiGP9vqHdgL1MqqvPdIe3lvHgI": "Vagrant's insecure key",
}

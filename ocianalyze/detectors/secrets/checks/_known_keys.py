"""Private keys that everybody has, by the fingerprint or the SHA-256 of their public halves.

Those that no library here reads, by the SHA-256 of the whole key.
"""

_GNUTLS = "a key of GnuTLS's self-tests"
KNOWN = {
    "SHA256:1M4RzhMyWuFS/86uPY/ce2prh/dVTHW7iD2RhpquOZA": "Vagrant's insecure key",
    "SHA256:WkvqjnyPAeC0cbPErYiGP9vqHdgL1MqqvPdIe3lvHgI": "Vagrant's insecure key",
    "SHA256:aTOClQtdjWd6ramaZSkxPI9c4L5sDR/3RimBlUMfraM": _GNUTLS,
    "SHA256:/s7hC1qbiBH8ldTc08GJSkZlmCiNIbFLFmlDUIrRkck": _GNUTLS,
    "SHA256:bYqGHysNs1SVlpFZg+znZbFYpocNY2A/7i2Y/5w+7VU": _GNUTLS,
    "SHA256:EYb3seR7zeXfX5vRAHvcZ4f/25rWfBmDoC5t2UVlUYs": _GNUTLS,
    "965237ca6ba836733f2b6436d66516dc01ef2d58825d3b4aa6b9061a76c7a9ce": _GNUTLS,
    "c305f632b9f12913e548002d5e48435fccfb7a54f4e6f2255c055d9b99794b69": _GNUTLS,
    "87e288dc7dbc29a24241b596ec8c84f949d9f09f34fc0cf69242481fb2274770": _GNUTLS,
    "d245e52c341a76645e1b0e56c58dc964cd4f3ecaea64a9c6d6db9897d4948a8a": _GNUTLS,
    "0294b4406902e33bb02f89eaf4c691328790d7a9cd01b873d68edac994f310a1": _GNUTLS,
    "60c323abe4854b03743005874156ef6e0343bc9c05c09a2a43335cdda19342b3": _GNUTLS,
}

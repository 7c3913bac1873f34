"""Private keys that everybody has, by the fingerprint or the SHA-256 of their public halves.

Those that no library here reads, by the SHA-256 of the whole key.
"""

_CMAKE = "signs applications for Windows in CMake's templates"
_GNUTLS = "a key of GnuTLS's self-tests"
_URLLIB3 = "a key of urllib3's test server"
_VAGRANT = "Vagrant's insecure key"
_KNOWN = {
    "SHA256:1M4RzhMyWuFS/86uPY/ce2prh/dVTHW7iD2RhpquOZA": _VAGRANT,
    "SHA256:WkvqjnyPAeC0cbPErYiGP9vqHdgL1MqqvPdIe3lvHgI": _VAGRANT,
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
    # Templates/Windows/Windows_TemporaryKey.pfx of CMake 3.25
    "bc9638fbd7db49a0aa951ee45f645484266b5301d96ab6a29730468d137a3a67": _CMAKE,
    # examples of gcp_compute_ssl_certificate in Ansible's collection google.cloud 1.3
    "SHA256:pS2eDMw8zizlSIZ7P7vuYD8S6KId1+uXG5lED7F4vb8": "in examples of Google's Ansible modules",
    # dummyserver/certs of urllib3 1.25.11, 1.26.20 and 2.2.3: its authority's, its server's
    "SHA256:cY40kOOVZ9MMvcc+mFNwFjWMko0eNBSNNfN9K4+W9w8": _URLLIB3,
    "SHA256:lDkKydt0PGPYuB//OhOpB2ih6hYIk5YV+PnQyCXW4LU": _URLLIB3,
}


def publisher(*prints: str) -> str:
    """Return who published a key, by what is known of it; empty for any other key."""
    return next((known for one in prints if (known := _KNOWN.get(one))), "")

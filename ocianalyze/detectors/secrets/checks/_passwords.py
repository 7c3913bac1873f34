"""Passwords that images, tutorials and appliances come with; tried against hashes, never shown."""

DEFAULTS = (
    b"",
    b"root",
    b"toor",
    b"admin",
    b"password",
    b"changeme",
    b"vagrant",
    b"docker",
    b"secret",
    b"123456",
    b"test",
)


def guesses(user: bytes) -> tuple[bytes, ...]:
    """Return the defaults and the user's own name: twelve at most."""
    own = user[:32]
    return DEFAULTS if not own or own in DEFAULTS else (*DEFAULTS, own)

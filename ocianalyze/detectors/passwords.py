"""Passwords that key stores come with, and what trying them may cost."""

from ocianalyze.dataclass import dataclass

PASSWORDS = ("", "changeit", "changeme", "password", "secret")
_ROUNDS = 100_000
"""Of one password at most: OpenSSL takes 2,048, Java 10,000."""


@dataclass(slots=True)
class Budget:
    """What deriving keys from passwords may cost in one layer."""

    rounds: int = 5_000_000

    def take(self, rounds: int) -> None:
        """Spend rounds.

        Raises:
            ValueError: there are not so many, or more than any program makes.

        """
        if not 0 < rounds <= min(self.rounds, _ROUNDS):
            raise ValueError("too many rounds")
        self.rounds -= rounds

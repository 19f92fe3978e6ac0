"""Password hashing that many people can do at once on a small machine."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Modest(Argon2PasswordHasher):
    """Argon2id with OWASP's parameters: 19 MiB, two passes, one lane.

    Django's default takes 100 MB for each hash, so that a cohort that signs in
    together would exhaust a small machine.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1

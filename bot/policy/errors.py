"""Error of this package."""


class PolicyError(ValueError):
    """Error in the policy or in a file that refers to it; the message has place and remedy."""

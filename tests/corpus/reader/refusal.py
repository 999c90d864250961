"""Why a body is refused: a problem slug and one short reason."""


class Refusal(Exception):
    """A body that must not lead to a certificate."""

    def __init__(self, slug, reason=""):
        super().__init__(slug, reason)
        self.slug = slug
        self.reason = reason

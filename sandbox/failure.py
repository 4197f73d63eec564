"""The error of a start that fails."""


class StartFailed(Exception):  # noqa: N818 - reads as what happened, and is never shown as a traceback
    """The deployment cannot be started; the message says why, and what to do."""

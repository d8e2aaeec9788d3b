"""Whether requests keep a platform's pace, where no answer tells what is left."""

from __future__ import annotations

from pipeline.errors import ConfigError
from pipeline.settings import Account


def is_paced(account: Account, base: str) -> bool:
    """What the option ``paced`` says. Plain http leads to this machine alone, to what plays the platform."""
    paced = str(account.options["paced"] or ("always" if base.startswith("https:") else "never"))
    if paced not in ("always", "never"):
        raise ConfigError(f'{account.platform} {account.id}: paced is "always", "never" or left out, not "{paced}"')
    return paced == "always"

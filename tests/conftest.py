"""How properties are tried: the same examples in every run, or new ones where somebody asks for them.

``make test`` is judged by its result, so it must not hang on luck or on how busy a machine is. ``make fuzz``
looks for what nobody has found yet.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("fuzz", deadline=None, print_blob=True)
settings.load_profile("fuzz" if os.environ.get("VIGIE_FUZZ") else "steady")

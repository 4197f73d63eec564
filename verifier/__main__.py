"""`python -m verifier COMMAND`: see `verifier/commands/`."""

from __future__ import annotations

import sys

from verifier.commands import main

sys.exit(main())

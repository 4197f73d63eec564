"""`python -m verifier.probes.browser.npm_chromium` unpacks the package's browser, if needed.

The project's own tests prefer it to any other browser.
"""

from __future__ import annotations

import sys

from verifier.probes.browser import npm_chromium


def main() -> None:
    """Install it where it is supported; print the reason if that fails."""
    if npm_chromium.installed() or not npm_chromium.supported():
        return
    sys.stderr.write(f"unpacking the npm package {npm_chromium.PACKAGE} (70 MB) for the tests\n")
    try:
        npm_chromium.install()
    except npm_chromium.NoInstallError as trouble:
        sys.stderr.write(f"the tests use another browser, and take longer: {trouble}\n")


if __name__ == "__main__":
    main()

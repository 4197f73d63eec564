"""`python -m verifier.probes.browser.npm_chromium` unpacks the package's browser, if it is not there.

The project's own tests prefer it, whatever other browser there is; where it cannot be had, they take the other one.
"""

from __future__ import annotations

import sys

from verifier.probes.browser import npm_chromium


def main() -> None:
    """Install it where it is supported; say why, if that fails."""
    if npm_chromium.installed() or not npm_chromium.supported():
        return
    sys.stderr.write(f"unpacking the npm package {npm_chromium.PACKAGE} (70 MB) for the tests\n")
    try:
        npm_chromium.install()
    except npm_chromium.NoInstallError as trouble:
        sys.stderr.write(f"the tests use another browser, and take longer: {trouble}\n")


if __name__ == "__main__":
    main()

"""The domain: where its hostnames lead."""

import pytest

from verifier.core.evidence.finding import fail_on, findings


@pytest.mark.proves("custom-domain")
def test_every_hostname_leads_to_the_app(domain, measured, require, warn):
    """Every resolver answers with exactly the app's addresses, IPv4 and IPv6, for each hostname."""
    measured(domain.told(), "hostnames")
    remedy = domain.remedy
    fail_on(
        *findings("hostname does not resolve", domain.missing(), remedy=remedy),
        *findings("hostname leads elsewhere", domain.elsewhere(), remedy=remedy),
        *findings("hostname lacks an address of the app", domain.incomplete(), remedy=remedy),
    )
    require(domain.heard())
    require(domain.platform_asked())
    if domain.untold:
        warn(domain.untold)


@pytest.mark.proves("custom-domain")
def test_the_certificate_authority_may_issue(domain, measured, require):
    """No CAA record keeps the platform's certificate authority from issuing for a hostname."""
    measured(domain.limits_told(), "hostnames")
    remedy = 'add the CAA record of the authority that is missing: 0 issue "AUTHORITY"'
    fail_on(*findings("CAA forbids the platform's authority", domain.forbidden(), remedy=remedy))
    require(domain.heard())
    require(domain.platform_asked())

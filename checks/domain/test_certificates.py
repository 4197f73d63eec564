"""The certificates that are served, and the way to them."""

import pytest

from verifier.core.evidence.finding import fail_on, findings


@pytest.mark.proves("tls-certificate")
@pytest.mark.remedy("issue the certificate anew for that hostname, with its intermediate certificates")
def test_every_certificate_is_trusted_for_its_name(certificates, measured, require, warn):
    """Over IPv4 and IPv6, a client that knows the usual authorities trusts the certificate of every hostname."""
    measured(certificates.trust_told() or "nothing was served", "places")
    for each in certificates.narrowed():
        warn(each)
    fail_on(*certificates.refused())
    require(certificates.seen())


@pytest.mark.proves("tls-certificate")
def test_no_certificate_ends_soon(certificates, limit, measured, require):
    """Every certificate of every chain is valid for as many days as the limit says."""
    left = certificates.days_left()
    measured(f"{min(left.values()):.0f} days left of the first to end" if left else None, table=left)
    remedy = "have it renewed; see whether the platform's validation fails"
    fail_on(*findings("certificate ends soon", certificates.ending(limit.days_left), remedy=remedy))
    require(certificates.seen())


@pytest.mark.proves("tls-certificate")
def test_protocols_and_keys_are_strong(certificates, measured):
    """No hostname is served over a protocol older than TLS 1.2, and no key of a chain is too short."""
    measured(certificates.trust_told(), "places")
    fail_on(
        *findings("old protocol", certificates.old_protocols(), remedy="allow TLS 1.2 and 1.3 alone"),
        *findings("key is too short", certificates.weak_keys(), remedy="issue it anew with EC 256 or RSA 2048"),
    )


@pytest.mark.proves("tls-certificate")
def test_plain_http_leads_to_https_for_good(certificates, measured, require):
    """Plain HTTP redirects to HTTPS, and HTTPS binds browsers to it for half a year or more (HSTS)."""
    measured(certificates.http_told(), "places")
    fail_on(
        *findings("plain HTTP does not lead to HTTPS", certificates.unencrypted(), remedy=certificates.to_redirect),
        *findings(
            "HSTS header is missing or too short",
            certificates.unbound(),
            remedy="answer with Strict-Transport-Security: max-age=31536000; includeSubDomains",
        ),
    )
    require(certificates.http_seen())


@pytest.mark.proves("tls-certificate")
def test_the_platform_has_issued_every_certificate(certificates, limit, measured, require, warn):
    """The platform knows every hostname, and its record says that the certificate is issued, and not overdue."""
    measured(certificates.records_told(), "hostnames")
    remedy = certificates.remedy.format("HOSTNAME")
    overdue = certificates.overdue(limit.days_left)
    fail_on(*certificates.not_issued(), *findings("renewal is overdue", overdue, remedy=remedy))
    require(certificates.records_known())
    if certificates.untold:
        warn(certificates.untold)

"""The record of a run as something to rely on later: the same bytes for the same facts, hashes, and a signature."""

RECORD = "verdict.json"
ATTESTATION = "attestation.json"
"""The in-toto statement: the SHA-256 of every file of a report, and what was verified."""
SIGNATURE = "attestation.sigstore.json"
"""The statement once more, signed: a Sigstore bundle."""

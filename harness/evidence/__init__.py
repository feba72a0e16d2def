"""Whether evidence is what it claims to be: signatures, trust, custody, freshness, attestation. Functions of bytes."""

"""Identity: client credentials, access tokens, signing keys, revocation."""

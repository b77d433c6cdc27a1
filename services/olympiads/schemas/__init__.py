"""Wire shapes of the olympiads, as `docs/rules/wire.md` fixes them."""

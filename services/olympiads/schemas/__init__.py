"""Wire shapes of the olympiads, as `spec/wire.md` fixes them."""

"""Wire shapes of training, as in `docs/rules/wire.md`; texts for people are in Russian."""

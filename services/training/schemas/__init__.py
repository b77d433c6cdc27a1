"""Wire shapes of training, as in `spec/wire.md`; texts for people are in Russian."""

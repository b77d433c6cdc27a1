"""Server-sent events: announced facts pushed to readers who stay connected."""

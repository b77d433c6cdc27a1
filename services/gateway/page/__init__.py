"""The page for people at `/`: a dashboard drawn by the browser out of the public API alone."""

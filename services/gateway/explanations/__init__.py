"""Pages that explain: `/problems`, `/changelog`, `/status`; the frame and its style sheet."""

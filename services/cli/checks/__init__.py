"""What `doctor` looks at; each check returns the faults it found and what to do about them."""

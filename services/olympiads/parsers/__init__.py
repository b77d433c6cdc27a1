"""Files of the olympiads' data: their columns and the rules of their rows, pure."""

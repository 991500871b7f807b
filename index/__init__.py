"""From passages to hits: the encoder, the vector view, the keywords, and how they are joined."""

"""From passages to a concept graph: mentions, concepts, relations, and the questions they answer."""

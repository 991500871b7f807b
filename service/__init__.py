"""The verbs of the product: bring a library up to date, and ask it things."""

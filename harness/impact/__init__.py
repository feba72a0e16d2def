"""What the law makes of whole regions of figures, and what changes there when the law changes."""

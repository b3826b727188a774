"""What the definitions are made of."""

"""Values as people give them: numbers, and colours as text."""

"""SVG drawings as elements."""

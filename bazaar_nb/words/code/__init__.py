"""Code that shows, types itself, is told apart by lines, and changes from one state to the next."""

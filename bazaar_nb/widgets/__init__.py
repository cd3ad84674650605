"""What people see and touch in a notebook."""

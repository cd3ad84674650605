"""What charts are made of: rooms, axes, labels, legends, tables, times."""

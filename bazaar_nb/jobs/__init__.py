"""What surrounds a render: queue, limits, members, notices, status."""

"""Jobs and engines: who renders which segment, and when."""

"""Files from anywhere: paths, addresses, and bytes that were handed over, as files of this machine."""

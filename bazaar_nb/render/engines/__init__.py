"""Who runs segments: the contract, and one engine a file."""

"""Films kept as data: written into a store without their code, and read back on any machine."""

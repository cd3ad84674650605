"""The engine on a Dask cluster, on real processes of distributed."""

"""What was rendered: events in parquet files, read as DataFrames."""

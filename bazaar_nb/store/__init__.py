"""Where movies, segments, assets and the history are kept."""

"""Relations of the published file as files of other kinds, for whoever does not open it itself."""

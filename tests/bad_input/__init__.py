"""What people may pass to the library: one table of calls, one of single mistakes."""

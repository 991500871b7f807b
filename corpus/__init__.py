"""From a reading list to stored passages; this room owns the library: its folder, database and lock."""

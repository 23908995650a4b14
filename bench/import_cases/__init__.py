"""The ways to bring people in that `bench.import_members` compares; each runs in a process of its own."""

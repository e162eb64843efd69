"""Settings that hold for all tests."""

from hypothesis import settings

# No test depends on the clock: the first call of a kernel may have to compile it.
settings.register_profile("course", deadline=None)
settings.load_profile("course")

"""A clerk for tests of who hands out the work; a module of its own, so that workers can import it."""

import os

from course_lib.grading.clerk import Clerk, Filed
from course_lib.grading.results import Result


class Actor(Clerk):
    """A clerk that does as the submission's text says."""

    def __init__(self, folder):
        super().__init__({})
        self.folder = folder

    def work(self, job):
        (self.folder / f"{job.student}-{os.getpid()}").touch()
        if job.data == b"kill":
            os._exit(9)
        if job.data == b"kill once" and len(list(self.folder.glob(f"{job.student}-*"))) == 1:
            os._exit(9)
        return Filed(Result(job.student, job.assignment, "graded", 1.0, 1.0))

    def lost(self, job, what):
        text = f"the grader failed: {what}"
        return Result(
            job.student, job.assignment, "failed", None, 1.0, reason=text, grader_failed=True
        )

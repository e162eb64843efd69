"""nbgrader's settings for this course: `nbgrader autograde 04_optimizers` works from this folder."""

c = get_config()

c.CourseDirectory.course_id = "regularization-and-optimization"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"

# Students' notebooks say in their metadata that they are generated, and from what; and, to be read,
# what they may use when they are graded.
c.GenerateAssignment.preprocessors.extend(
    ["course_lib.grading.steps.MarkGenerated", "course_lib.grading.steps.TellLimits"]
)

# Test cells that were deleted or changed come back before grading.
c.Autograde.sanitize_preprocessors.insert(0, "course_lib.grading.steps.PutRight")

# nbgrader gives no points to a check with anything on standard error, be it only a log message of a
# right answer. What a check has to say it says by its result, or by raising.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"(?s)."

# On a busy machine the last output of a cell may come later than the four seconds after which the whole
# notebook would be given up.
c.Execute.iopub_timeout = 60

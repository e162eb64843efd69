"""All hostile cases; :mod:`.forms` says what a case is."""

from .endings import ENDINGS
from .forged import FORGED
from .forms import RIGHT as RIGHT
from .leaks import LEAKS
from .noisy import NOISY

CASES = FORGED + NOISY + LEAKS + ENDINGS

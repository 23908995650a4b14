"""Who sees which value: masked by category, opened by a staff session or a recorded reveal."""

from .reveal import reveal
from .shown import hides, shown
from .viewer import Viewer, viewer_of

__all__ = ["Viewer", "hides", "reveal", "shown", "viewer_of"]

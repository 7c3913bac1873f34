"""Write the planted image: `python -m testdata.planted planted.tar`."""

import sys
from pathlib import Path

from testdata.planted.image import archive

Path(sys.argv[1]).write_bytes(archive())

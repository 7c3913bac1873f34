"""Write the demo image: `python -m testdata.demo testdata/demo.tar`."""

import sys
from pathlib import Path

from testdata.demo.docker_archive import archive

Path(sys.argv[1]).write_bytes(archive())

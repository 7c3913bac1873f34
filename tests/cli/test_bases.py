"""`bases`: images that others are built on, known by their layers."""

import json
from pathlib import Path

import pytest

from tests.archives import docker_archive
from tests.cli.conftest import Command

"""Where package managers get packages: apt's, dnf's and apk's lists."""

from ocianalyze.detectors.captures._base import files

APT = ("etc/apt/sources.list", "etc/apt/sources.list.d")
DNF = "etc/yum.repos.d"
APK = "etc/apk/repositories"

CAPTURE = files(APT[0], APK, directories=(APT[1], DNF))

"""Recipe of `testdata/demo.tar`; every byte of the image is made here, nothing is copied."""

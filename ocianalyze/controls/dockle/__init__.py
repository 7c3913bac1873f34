"""What dockle asks of an image and section 4 of the CIS Docker Benchmark does not."""

"""What trivy asks of a Dockerfile, as far as the history of an image shows it."""

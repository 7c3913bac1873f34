"""Recipe of an image with made-up secrets in every kind of place, each with its right checksum.

The image is made when it is needed; nothing of it is kept in the repository.
"""

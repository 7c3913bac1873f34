"""What build steps did, as far as history and layers tell."""

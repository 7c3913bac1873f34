"""LayerFacts kept between runs, by the digest of the stored bytes."""

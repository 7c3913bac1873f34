"""One pass over one layer: a stream of stored bytes becomes LayerFacts."""

"""Controls of ocianalyze's own: what no public catalogue asks."""

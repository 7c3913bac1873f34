"""Every bound on input, in one place.

Reaching one gives a partial result that says so, never a crash and never a silent pass. The
defaults let every real image through.
"""

from ocianalyze.dataclass import dataclass

KIB = 1 << 10
MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one analysis."""

    document_bytes: int = 8 * MIB
    """Size of one JSON document: index, manifest, config (registries cap manifests at 4 MiB)."""

    document_depth: int = 64
    """Nesting of objects and arrays in one JSON document."""

    document_values: int = 250_000
    """Values in one JSON document, counted by its commas."""

    document_items: int = 10_000
    """Entries of one list or map that is read of an image's document: layers, history, diff_ids,
    Env, Labels, annotations."""

    source_document_bytes: int = 256 * MIB
    """All JSON documents of one source together, each counted once."""

    archive_members: int = 1_000_000
    """Members of an outer tar."""

    sought_bytes: int = 512 * MIB
    """Bytes of members, stored and inflated, that are looked at for images inside an outer tar."""

    images: int = 10_000
    """Images and platforms analysed from one source."""

    index_depth: int = 8
    """Indexes nested in indexes."""

    image_layers: int = 1_000
    """Layers of one image (runtimes stop at 127)."""

    spool_bytes: int = 64 * GIB
    """Temporary bytes for a pipe or a compressed outer tar."""

    layer_bytes: int = 64 * GIB
    """Uncompressed bytes of one layer."""

    inflate_ratio: int = 250
    """Uncompressed bytes per stored byte, counted once more than `inflate_free_bytes` came out."""

    inflate_free_bytes: int = 4 * GIB
    """Uncompressed bytes that are allowed whatever the ratio."""

    layer_entries: int = 5_000_000
    """Entries of one layer."""

    layer_seconds: float = 3_600.0
    """Wall time spent on one layer."""

    path_bytes: int = 4_096
    """Length of one path (Linux PATH_MAX)."""

    path_depth: int = 256
    """Directories in one path."""

    header_bytes: int = 1 * MIB
    """One PAX or GNU extended header of a tar; Go's reader, and so runtimes, refuse more."""

    hole_bytes: int = 16 * GIB
    """Holes of sparse files hashed in one layer; the file that exceeds it has no sha256."""

    xattr_bytes: int = 64 * KIB
    """Extended attributes of one entry together (Linux XATTR_SIZE_MAX)."""

    capture_bytes: int = 64 * MIB
    """Contents that all observers together keep from one layer."""

    layer_secrets: int = 20_000
    """Places of secrets kept of one layer."""

    secrets: int = 5_000
    """Secrets told of one image, the gravest first; more are counted."""

    secret_places: int = 100
    """Places told of one secret; more are counted."""

    inner_bytes: int = 4 * GIB
    """Bytes that come out of one file when secrets are looked for inside."""

    inner_free_bytes: int = 256 * MIB
    """Those of them that are allowed whatever `inflate_ratio` says."""

    layer_inner_bytes: int = 32 * GIB
    """Bytes that come out of all files of one layer."""

    inner_members: int = 500_000
    """Members of one file, those of archives inside it included."""

    inner_depth: int = 3
    """Archives in archives."""

    layer_inner_seconds: float = 900.0
    """Time spent inside the files of one layer."""

    facts_bytes: int = 2 * GIB
    """What one layer's facts may take in memory when they are kept and read again."""

    anomalies: int = 1_000
    """Anomalies recorded for one layer; more are counted, not kept."""

    findings: int = 10_000
    """Integrity failures and anomalies told of one input, the gravest first; more are counted."""

    link_hops: int = 40
    """Symbolic links followed for one path (Linux MAXSYMLINKS); a layer with an entry behind more
    is partial."""

    link_steps: int = 50_000_000
    """Parts of paths walked to follow the links above entries of one image; layers with entries
    beyond are partial."""

    shell_chars: int = 256 * KIB
    """Shell text read of one build step or script; what follows is not understood."""

    history_chars: int = 4 * MIB
    """Shell text read of all build steps together."""

    shell_depth: int = 4
    """Shells started by shells in one text."""

    sql_seconds: float = 10.0
    """Wall time of one SQL query over one image."""

    sql_rows: int = 10_000
    """Rows that one SQL query returns."""

    custom_sql_seconds: float = 300.0
    """Wall time of all SQL queries of one profile together, over all images of a source."""

    custom_sql_rows: int = 1_000_000
    """Rows that they return together."""

    sql_bytes: int = 512 * MIB
    """Memory that the tables of one image may take for SQL, and that a query may add to it."""

    profile_bytes: int = 1 * MIB
    """Size of a profile file."""

    profile_depth: int = 16
    """Nesting of lists and mappings in a profile file."""

    store_bytes: int = 4 * GIB
    """Facts kept between runs; those used last stay."""

    def reached(self, name: str) -> str:
        """Say that a limit was reached; the command line finds its name in that."""
        return f"limit {name} ({getattr(self, name)}) reached".replace(".0)", ")")


DEFAULT = Limits()

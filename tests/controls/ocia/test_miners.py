"""Programs and protocols of miners fail; pools and wallets are left to people."""

from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, review, unknown
from tests.images import File, Layer

ROOT: Layer = {"etc/hostname": b"x", "docs/xmrig": b"a text"}
STEP = "RUN make # buildkit"
SCRIPT = b"#!/bin/sh\nexec ./a -o stratum+tcp://pool.example:3333\n"
XMRIG = b'{"donate-level": 1, "pools": [{"url": "pool.example:3333", "user": "x"}]}'
STRATUM = b'{"pool": "stratum+tcp://pool.example:3333"}'
STAK = b'"pool_list" : [{"pool_address" : "pool.example:3333", "wallet_address" : "x"}],'

SAMPLES: Samples = {
    "ocia-crypto-miner-indicator": (
        passes(ROOT, history=[STEP]),
        fails({"tmp/xmrig": File(b"\x7fELF", mode=0o755)}, history=[STEP]),
        fails(ROOT, history=["RUN ./a -o stratum+ssl://x:1 # buildkit"]),
        fails(ROOT, history=[STEP], config={"Cmd": ["a", "--donate-level", "1"]}),
        fails({"run.sh": File(SCRIPT, mode=0o755)}, history=[STEP], config={"Cmd": ["/run.sh"]}),
        fails({"srv/config.json": XMRIG}, history=[STEP]),
        fails({"srv/config.json": STRATUM}, history=[STEP]),
        fails({"srv/pools.txt": STAK}, history=[STEP]),
        passes({"srv/config.json": b'{"pools": [], "url": ""}', "a": XMRIG}, history=[STEP]),
        review(ROOT, history=[STEP], config={"Env": ["POOL=xmr.nanopool.org:14444"]}),
        review(ROOT, history=[STEP], config={"Env": ["W=4" + "A" * 94]}),
        passes(ROOT, history=[STEP], config={"Env": ["W=4" + "A" * 95, "U=nanopool"]}),
        unknown(ROOT, None, history=[STEP, STEP]),
        unknown(ROOT),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)

"""Miners of crypto currencies: their programs, their protocol, their pools."""

import re
from collections.abc import Iterator

from ocianalyze.controls._base import Control
from ocianalyze.controls.aspects.programs import notable
from ocianalyze.controls.aspects.programs.started import argv, scripts
from ocianalyze.controls.saying import judged, of_config, of_entry
from ocianalyze.detectors import mining
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict

_PROTOCOL = re.compile(r"stratum\d?\+(?:tcp|tcps|ssl|tls|udp)://", re.IGNORECASE)
_SWITCHES = re.compile(r"--donate-level|--coin[= ]monero|--randomx-|--algo[= ]rx/0")
_POOLS = re.compile(
    r"\b(?:minexmr|supportxmr|moneroocean|hashvault|nanopool|2miners|c3pool|ethermine|f2pool|"
    r"nicehash|minergate|miningpoolhub|herominers|unmineable|prohashing|zpool|viabtc|monerohash)"
    r"\.(?:com|org|io|pro|ca|stream|net|eu)\b",
    re.IGNORECASE,
)
_WALLET = re.compile(r"\b[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}\b")
_TEXT = 1 << 16
"""Characters of one text that are looked at."""


def evaluate(view: ImageView) -> Verdict:
    """Look for programs and for the protocol; pools and wallets alone are a matter of review."""
    told = _texts(view, {_PROTOCOL: "mining protocol", _SWITCHES: "switch"})
    sure = (*_programs(view), *_settings(view), *told)
    if sure:
        return judged(sure, "crypto-miner", "miner")
    doubtful = _texts(view, {_POOLS: "mining pool", _WALLET: "wallet address"})
    return judged(
        doubtful,
        "mining-traces",
        "trace of mining",
        status=Status.NEEDS_REVIEW,
        confidence="heuristic",
    )


def _programs(view: ImageView) -> Iterator[Evidence]:
    for entry in notable.files(view, notable.MINERS):
        if entry.size:
            yield of_entry(entry, "named like a miner", severity="critical")


def _settings(view: ImageView) -> Iterator[Evidence]:
    for entry in view.tree.files(names=mining.FILES):
        if what := view.tree.observed(mining.NAME, entry):
            yield of_entry(entry, what.decode(), severity="critical")


def _texts(view: ImageView, patterns: dict[re.Pattern[str], str]) -> Iterator[Evidence]:
    """Yield where a pattern fits; the place is told, not the text."""
    for pointer, text in _configured(view):
        for pattern, what in patterns.items():
            if pattern.search(text[:_TEXT]):
                yield of_config(pointer, what, "critical")
    for step in view.history.steps:
        for pattern, what in patterns.items():
            if pattern.search(step.raw[:_TEXT]):
                yield Evidence(
                    what, "history", step=step.index, layer=step.layer, severity="critical"
                )
    for entry, text in scripts(view, view.config.config, "") if view.config else ():
        for pattern, what in patterns.items():
            if pattern.search(text[:_TEXT]):
                yield of_entry(entry, what, severity="critical")


def _configured(view: ImageView) -> Iterator[tuple[str, str]]:
    if view.config is None:
        return
    config = view.config.config
    for index, variable in enumerate(config.env):
        yield f"/config/Env/{index}", variable
    yield "/config/Cmd" if config.cmd else "/config/Entrypoint", " ".join(argv(config))


CONTROL = Control(
    id="ocia-crypto-miner-indicator",
    short="miners",
    automation="partial",
    reads="names of executables, settings files of miners (config.json, pools.txt), the start "
    "command, environment, history, entry scripts",
    decides="fails on a program that is named like a known miner, and on the protocol, the "
    "switches or the settings of miners; the name of a pool or a wallet alone needs review",
    limits="a miner under another name whose settings are elsewhere, in a file of more than "
    "256 KiB or in the program itself; programs of Windows",
    remediation="remove it, and find out which step brought it",
    evaluate=evaluate,
    needs=frozenset({"config", "history", "filesystem"}),
    on_windows="unseen",
)

"""Make classifier.npz: the second reading of wishes, a small network on the encoder's tokens.

    python3.11 -m venv ../train
    ../train/bin/pip install torch onnxruntime tokenizers numpy
    PYTHONPATH=. ../train/bin/python data/wishes/train.py

PyTorch is needed here and nowhere else. It takes some minutes. The messages of ``training/`` were
written by fifteen authors who saw only a guide, and ``compose.py`` adds combinations of kinds. The
test sets in tests/optouts/wishes are never seen here. On a machine that does other work, one
thread is faster than two.
"""

import argparse
import json
import random
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from compose import compose  # noqa: E402

from bot.nlu.models.encoder import TOKEN_DIMENSIONS, default_encoder  # noqa: E402
from bot.optouts.wish.classifier import (  # noqa: E402
    ACTS,
    DRAFT_ADDRESSES,
    HEADS,
    LAYERS,
    QUERIES,
    WIDTH,
    named,
    places_of,
    said,
)
from bot.optouts.wish.model import Situation  # noqa: E402

KINDS = "EASP"  # as in the labels, in the order of OptOutKind
COMPOSED = 3500
EPOCHS = 24
BATCH = 32
DROPOUT = 0.2
GUESSED = 0.3  # weight of the kinds afterwards where they were derived from the signs
_ADDRESS = re.compile(r"[\w.+'’=/-]+@[\w.-]+\w")
_SIGNS = {None: 0, "stop": 1, "keep": 2}
_UNTOUCHED, _USE, _NOT = range(3)
_IGNORED = -100


@dataclass
class Example:
    """A labelled message as numbers; ``addresses`` are places, label, kinds of each typed one."""

    states: np.ndarray
    situation: int
    draft: list[float]
    drafts: int
    act: int
    signs: list[int]
    after: list[int]
    weight: float
    addresses: list[tuple[list[int], int, list[float] | None]]
    pointed: list[int]  # labels of the addresses of the draft


class Network(nn.Module):
    """Transformer over tokens and queries: the act, each kind, each address of the draft."""

    def __init__(self) -> None:
        """Begin with random weights."""
        super().__init__()
        self.inp, self.norm = nn.Linear(TOKEN_DIMENSIONS, WIDTH), nn.LayerNorm(WIDTH)
        self.position = nn.Embedding(128, WIDTH)
        self.queries = nn.Parameter(torch.randn(QUERIES, WIDTH) * 0.02)
        self.situation = nn.Embedding(len(Situation), WIDTH)
        self.draft = nn.Linear(len(KINDS), WIDTH, bias=False)
        self.drafts = nn.Embedding(1 + DRAFT_ADDRESSES, WIDTH)
        layer = nn.TransformerEncoderLayer(
            WIDTH, HEADS, 2 * WIDTH, DROPOUT, "gelu", batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
        self.out = nn.LayerNorm(WIDTH)
        self.act, self.sign = nn.Linear(WIDTH, len(ACTS)), nn.Linear(WIDTH, len(_SIGNS))
        self.after, self.adr = nn.Linear(WIDTH, 2), nn.Linear(WIDTH, 3)
        self.adrkinds = nn.Linear(WIDTH, len(KINDS))
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, states, mask, situation, draft, drafts, places):  # type: ignore[no-untyped-def]
        """Return the scores of acts, signs, kinds afterwards, and addresses of draft and text."""
        if self.training:
            states = states * (torch.rand(states.shape[:2]) > 0.03).unsqueeze(-1)
        tokens = self.norm(self.inp(states)) + self.position(torch.arange(states.shape[1]))
        about = self.situation(situation) + self.draft(draft) + self.drafts(drafts)
        queries = self.queries[None] + about[:, None]
        masked = torch.cat([torch.zeros(len(mask), QUERIES, dtype=bool), mask == 0], 1)
        read = self.layers(torch.cat([queries, self.drop(tokens)], 1), src_key_padding_mask=masked)
        read = self.out(read)
        kinds, pointed = read[:, 1 : 1 + len(KINDS)], read[:, 1 + len(KINDS) : QUERIES]
        typed = places @ read[:, QUERIES:]
        return (
            *(self.act(read[:, 0]), self.sign(kinds), self.after(kinds)),
            *(self.adr(pointed), self.adr(typed), self.adrkinds(typed)),
        )


def example(wish: dict[str, Any]) -> Example:
    """Return a labelled message as numbers."""
    in_draft = wish["situation"] in ("asked_yes", "recorded")
    drafts = wish.get("draft_addresses") or (["jo@example.com"] if in_draft else [])
    numbers = {address.lower(): place for place, address in enumerate(drafts)}

    def placeholder(match: re.Match[str]) -> str:
        """Return the placeholder of an address; the same address has the same one."""
        return f"[email-{numbers.setdefault(match.group().lower(), len(numbers))}]"

    text = _ADDRESS.sub(placeholder, wish["text"])
    names = named(text, tuple(f"[email-{place}]" for place in range(len(drafts))))
    tokens, states = default_encoder().token_states(said(text, names))
    places = places_of(tokens)
    labels = {address.lower(): label for address, label in wish["addresses"].items()}
    typed = []
    for address, number in numbers.items():
        spot = places.get(names.get(f"[email-{number}]", -1))
        if spot and address in labels:
            label = labels[address]
            kinds = wish["after"] if label == "use" else label
            known = label != "not" and wish["action"] in ("out", "in")
            one = [float(kind in kinds) for kind in KINDS] if known else None
            typed.append((spot, _NOT if label == "not" else _USE, one))
    pointed = [
        _UNTOUCHED if label is None else _NOT if label == "not" else _USE
        for label in (labels.get(address.lower()) for address in drafts[:DRAFT_ADDRESSES])
    ]
    return Example(
        states.astype(np.float16),
        list(Situation).index(Situation(wish["situation"])),
        [float(kind in wish["draft"]) for kind in KINDS],
        min(DRAFT_ADDRESSES, len(drafts)),
        ACTS.index(wish["action"]),
        [_SIGNS[wish["kinds"].get(kind)] for kind in KINDS],
        [int(kind in wish["after"]) for kind in KINDS],
        GUESSED if wish.get("after_guessed") else 1.0,
        typed,
        pointed,
    )


def loss_of(network: Network, items: list[Example]) -> torch.Tensor:
    """Return the loss of a batch: the act, signs, kinds afterwards, and addresses."""
    length, most = (
        max(len(item.states) for item in items),
        max(1, *(len(item.addresses) for item in items)),
    )
    states, mask = (
        torch.zeros(len(items), length, TOKEN_DIMENSIONS),
        torch.zeros(len(items), length),
    )
    places = torch.zeros(len(items), most, length)
    typed = torch.full((len(items), most), _IGNORED)
    own = torch.full((len(items), most, len(KINDS)), -1.0)
    pointed = torch.full((len(items), DRAFT_ADDRESSES), _IGNORED)
    for row, item in enumerate(items):
        states[row, : len(item.states)] = torch.from_numpy(item.states.astype(np.float32))
        mask[row, : len(item.states)] = 1
        for place, (spots, label, kinds) in enumerate(item.addresses):
            places[row, place, spots] = 1 / len(spots)
            typed[row, place] = label
            if kinds is not None:
                own[row, place] = torch.tensor(kinds)
        for place, label in enumerate(item.pointed):
            pointed[row, place] = label

    def of(name: str) -> torch.Tensor:
        return torch.tensor([getattr(item, name) for item in items])

    scores = network(states, mask, of("situation"), of("draft"), of("drafts"), places)
    acts, signs, after, pointing, typing, kinds_of = scores
    entropy = nn.functional.cross_entropy
    loss = entropy(acts, of("act"), label_smoothing=0.05)
    loss += 2 * entropy(
        signs.reshape(-1, len(_SIGNS)), of("signs").reshape(-1), label_smoothing=0.02
    )
    each = entropy(
        after.reshape(-1, 2), of("after").reshape(-1), label_smoothing=0.02, reduction="none"
    )
    loss += 2 * (each.view(-1, len(KINDS)).mean(1) * of("weight")).mean()
    for scored, label, weight in ((typing, typed, 0.7), (pointing, pointed, 0.3)):
        if (label != _IGNORED).any():
            loss += weight * entropy(
                scored.reshape(-1, 3),
                label.reshape(-1),
                ignore_index=_IGNORED,
                label_smoothing=0.02,
            )
    if (known := own >= 0).any():
        loss += 0.5 * nn.functional.binary_cross_entropy_with_logits(kinds_of[known], own[known])
    return loss


def fit(train: list[Example], seed: int) -> Network:
    """Return a network that was trained on examples."""
    torch.manual_seed(seed)
    rng, network = random.Random(seed), Network()
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.05)
    steps = EPOCHS * -(-len(train) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1e-3, steps, pct_start=0.1)
    network.train()
    for epoch in range(EPOCHS):
        order = sorted(train, key=lambda item: len(item.states) + rng.randrange(8))
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        rng.shuffle(batches)
        total = 0.0
        for items in batches:
            loss = loss_of(network, items)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / len(batches):.3f}", flush=True)
    return network.eval()


def main() -> None:
    """Train, and write the weights in half precision."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=HERE / "classifier.npz")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    files = sorted((HERE / "training").glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    wishes = [*map(json.loads, lines), *compose(COMPOSED)]
    train = [example(wish) for wish in wishes if wish["action"] in ACTS]
    print(f"{len(train)} messages", flush=True)
    network = fit(train, chosen.seed)
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    np.savez_compressed(chosen.out, **{n: v.astype(np.float16) for n, v in weights.items()})


if __name__ == "__main__":
    main()

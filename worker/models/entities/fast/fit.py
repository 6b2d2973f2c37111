"""Fits the fast recognizer to annotated articles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import log
from types import MappingProxyType
from typing import Final

import numpy as np
import torch

from worker.entities.fast.recognizer import FastRecognizer
from worker.entities.fast.weights import ALL_RANKS, Weights
from worker.models.entities.data import Annotated
from worker.models.entities.fast.corpus import DOMAINS, Example, Inventory, batches
from worker.models.entities.fast.export import export
from worker.models.entities.fast.network import Network
from worker.models.entities.fast.proclitics import fit_proclitics
from worker.models.entities.fast.vectors import Vectors


@dataclass(frozen=True, slots=True)
class Options:
    """What a training run can be told.

    Attributes:
        epochs: how often each article is seen.
        articles: in a batch.
        rate: the highest learning rate; it rises over the first tenth and falls to nothing.
        dropout: share of a layer's outputs that is dropped.
        least: kind of feature -> how often it must occur to have weights.
        seed: of every random choice.
    """

    epochs: int = 15
    articles: int = 6
    rate: float = 2e-3
    dropout: float = 0.5
    least: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType({"w": 2, "b": 2, "s": 2, "n": 8, "<": 4, ">": 4})
    )
    seed: int = 1


_PENALTY: Final = 1e-2
_WARM_UP: Final = 0.1  # share of the steps in which the learning rate rises
_LONGEST_STEP: Final = 5.0  # norm of a gradient


def fit(articles: Sequence[Annotated], vectors: Vectors, options: Options = Options()) -> FastRecognizer:
    """Return a recognizer trained on annotated articles of any domains."""
    return FastRecognizer(fit_weights(articles, vectors, options))


def fit_weights(articles: Sequence[Annotated], vectors: Vectors, options: Options = Options()) -> Weights:
    """Return the weights of a recognizer trained on annotated articles of any domains."""
    torch.manual_seed(options.seed)
    generator = np.random.default_rng(options.seed)
    inventory = Inventory(articles, vectors, least=options.least)
    network = Network(len(inventory.features), vectors.matrix.shape[1], len(DOMAINS), dropout=options.dropout)
    _descend(network, [inventory.example(article) for article in articles], inventory, options, generator)
    proclitics = fit_proclitics(articles, partial(_how_common, vectors))
    return export(network.eval(), inventory, proclitics.tolist())


def _descend(
    network: Network,
    examples: Sequence[Example],
    inventory: Inventory,
    options: Options,
    generator: np.random.Generator,
) -> None:
    """Train the network in place."""
    steps = sum(1 for _ in batches(examples, inventory, options.articles)) * options.epochs
    vectors = [network.bag.weight]
    layers = [weight for name, weight in network.named_parameters() if name != "bag.weight"]
    # A batch holds a tenth of the features: a sparse step costs what it holds.
    optimizers = (
        torch.optim.AdamW(layers, lr=options.rate, weight_decay=_PENALTY),
        torch.optim.SparseAdam(vectors, lr=options.rate),
    )
    schedules = [
        torch.optim.lr_scheduler.OneCycleLR(
            optimizer, options.rate, total_steps=steps + 1, pct_start=_WARM_UP, cycle_momentum=False
        )
        for optimizer in optimizers
    ]
    network.train()
    for _ in range(options.epochs):
        for batch in batches(examples, inventory, options.articles, generator):
            loss = network.loss(batch)
            network.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call,unused-ignore]
            torch.nn.utils.clip_grad_norm_(layers, _LONGEST_STEP)
            for optimizer in optimizers:
                optimizer.step()
            for schedule in schedules:
                schedule.step()


def _how_common(vectors: Vectors, word: str) -> float:
    rank = vectors.rows.get(word)
    return log(ALL_RANKS / rank) if rank else 0.0

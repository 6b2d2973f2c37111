"""Fits the fast recognizer to annotated articles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import log
from types import MappingProxyType
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from khabar.entities.fast.labels import LABELS
from khabar.entities.fast.weights import ALL_RANKS, Weights
from khabar.text.document import Document
from training.entities.data import Annotated
from training.entities.fast.corpus import DOMAINS, Example, Inventory, batch, batches
from training.entities.fast.export import export
from training.entities.fast.network import Network
from training.entities.fast.proclitics import fit_proclitics
from training.entities.fast.vectors import Vectors

Floats = NDArray[np.float32]


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

    epochs: int = 13
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


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article that nobody annotated, with a teacher's label probabilities: units x labels."""

    article: Annotated
    probabilities: Floats


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained network with what it needs: the inventory of features and the weights of the model of proclitics."""

    network: Network
    inventory: Inventory
    proclitics: list[float]

    def probabilities(self, document: Document) -> Floats:
        """Return the probability of each label at each unit of a document, by the news's guidelines."""
        example = self.inventory.example(Annotated(document.article.id, document, ()))
        if len(example.starts) < 2:
            return np.zeros((0, len(LABELS)), np.float32)
        marginals = self.network.marginals(batch([example], self.inventory))
        return np.concatenate([sentence.numpy() for sentence in marginals])

    def weights(self) -> Weights:
        """Return the weights for the fast recognizer."""
        return export(self.network, self.inventory, self.proclitics)


def fit(
    articles: Sequence[Annotated],
    vectors: Vectors,
    options: Options = Options(),
    *,
    taught: Sequence[Labelled] = (),
) -> Trained:
    """Train on annotated articles of any domains.

    Args:
        articles: annotated.
        vectors: pretrained.
        options: how long, how fast.
        taught: articles with a teacher's probabilities; the network learns those too.
    """
    torch.manual_seed(options.seed)
    generator = np.random.default_rng(options.seed)
    inventory = Inventory([*articles, *(item.article for item in taught)], vectors, least=options.least)
    network = Network(len(inventory.features), vectors.matrix.shape[1], len(DOMAINS), dropout=options.dropout)
    examples = [inventory.example(article) for article in articles]
    examples += [inventory.example(item.article, item.probabilities) for item in taught]
    _descend(network, examples, inventory, options, generator)
    proclitics = fit_proclitics(articles, partial(_how_common, vectors))
    return Trained(network.eval(), inventory, proclitics.tolist())


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
        for part in batches(examples, inventory, options.articles, generator):
            loss = network.loss(part)
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

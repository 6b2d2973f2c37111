"""Fine-tuning of the pretrained encoder on annotated articles."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from random import Random
from typing import Final

import numpy
import torch
from torch import Tensor
from torch.nn import functional

from khabar.entities.accurate.labels import LABELS
from khabar.entities.accurate.pieces import Pieces
from training.entities.accurate import encoder
from training.entities.accurate.encoder import Parameters
from training.entities.accurate.examples import Example, Window, pack
from training.entities.data import Domain

# Each guideline has a head of its own; what they share is in the encoder.
HEADS: Final[dict[Domain, str]] = {"news": "head", "anercorp": "anercorp_head"}

_HAS_BFLOAT16: Final = bool(torch.cpu.get_capabilities().get("avx512_bf16", False))

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train; the defaults are those of the published weights.

    Attributes:
        epochs: passes over the examples.
        rate: learning rate of the last layer, at its highest.
        decay: each layer learns so much less than the one above it.
        head_rate: learning rate of the heads.
        warm_up: share of the steps in which the rate rises; it falls to 0 over the others.
        batch_pieces: about so many pieces a step.
        dropout: on the embeddings and residual branches.
        smoothing: of the labels.
        hidden: share of the pieces that are hidden behind <unk>, so that the context has to tell.
        foreign: share of the texts of other guidelines than the news's that an epoch draws.
        limits: windows are packed up to one of these many pieces, drawn for each article and epoch.
        longest: no window has more pieces.
        kept: so many of the lowest layers stay as they are.
        average_from: the weights of all steps after this share of the training are averaged; 1 keeps the last.
        seed: of everything that is drawn.
    """

    epochs: int = 3
    rate: float = 1.5e-4
    decay: float = 0.9
    head_rate: float = 1e-3
    warm_up: float = 0.1
    batch_pieces: int = 1024
    dropout: float = 0.1
    smoothing: float = 0.05
    hidden: float = 0.08
    foreign: float = 0.5
    limits: tuple[int, ...] = (0, 64, 128)
    longest: int = 254
    kept: int = 0
    average_from: float = 0.8
    seed: int = 1


def fine_tune(pretrained: Parameters, sources: Sequence[Example], pieces: Pieces, settings: Settings) -> Parameters:
    """Return the fine-tuned parameters; the given ones stay as they are, and heads among them are trained on."""
    torch.manual_seed(settings.seed)
    random = Random(settings.seed)  # noqa: S311 no secret
    parameters = {name: value.clone() for name, value in pretrained.items()}
    generator = torch.Generator().manual_seed(settings.seed)
    for domain in sorted({source.domain for source in sources}):
        if f"{HEADS[domain]}.weight" not in parameters:
            encoder.add_head(parameters, HEADS[domain], len(LABELS), generator)
    kept = encoder.FROZEN + tuple(f"layers.{layer}." for layer in range(settings.kept))
    learned = {name: value.requires_grad_() for name, value in parameters.items() if not name.startswith(kept)}
    optimizer = torch.optim.AdamW(_groups(learned, settings), weight_decay=0.01, fused=True)
    epochs = [_batches(sources, pieces, settings, random) for _ in range(settings.epochs)]
    steps = sum(map(len, epochs))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _share(step / steps, settings.warm_up))
    average: dict[str, Tensor] = {}
    averaged = 0
    began = time.monotonic()
    step = 0
    for epoch, batches in enumerate(epochs):
        total = 0.0
        for batch in batches:
            loss = _loss(parameters, batch, pieces, settings)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learned.values(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item()
            step += 1
            if step > settings.average_from * steps or step == steps:
                averaged += 1
                _average(average, learned, averaged)
        _log.info("epoch %d: loss %.4f, %.0f s", epoch + 1, total / len(batches), time.monotonic() - began)
    return {name: average.get(name, value).detach() for name, value in parameters.items()}


def _share(progress: float, warm_up: float) -> float:
    """Return the share of the highest rate at this point of the training."""
    return min(progress / warm_up, (1 - progress) / (1 - warm_up))


def _groups(learned: Parameters, settings: Settings) -> list[dict[str, object]]:
    """Return the optimizer's groups: one a layer, the heads last."""
    last = encoder.layers(learned) - 1

    def rate(name: str) -> float:
        if not name.startswith("layers."):
            return settings.head_rate
        return settings.rate * settings.decay ** (last - int(name.split(".")[1]))

    names = sorted(learned, key=rate)
    return [{"params": [learned[name] for name in group], "lr": value} for value, group in groupby(names, key=rate)]


def _average(average: dict[str, Tensor], learned: Parameters, count: int) -> None:
    """Take the weights of one more step into the running mean."""
    with torch.no_grad():
        for name, value in learned.items():
            if name in average:
                average[name].lerp_(value, 1 / count)
            else:
                average[name] = value.detach().clone()


def _batches(sources: Sequence[Example], pieces: Pieces, settings: Settings, random: Random) -> list[list[Window]]:
    """Return one epoch's batches: windows of one domain and similar length, in random order."""
    drawn = [source for source in sources if source.domain == "news" or random.random() < settings.foreign]
    windows = pack(drawn, pieces, settings.limits, settings.longest, random)
    random.shuffle(windows)
    windows.sort(key=lambda window: (window.domain, len(window.pieces) // 8))
    batches = list(_cut(windows, settings.batch_pieces))
    random.shuffle(batches)
    return batches


def _cut(windows: Sequence[Window], batch_pieces: int) -> Iterator[list[Window]]:
    batch: list[Window] = []
    longest = 0
    for window in windows:
        longest = max(longest, len(window.pieces))
        if batch and (window.domain != batch[0].domain or longest * (len(batch) + 1) > batch_pieces):
            yield batch
            batch, longest = [], len(window.pieces)
        batch.append(window)
    if batch:
        yield batch


def _loss(parameters: Parameters, batch: Sequence[Window], pieces: Pieces, settings: Settings) -> Tensor:
    length = max(len(window.pieces) for window in batch)
    ids = torch.full((len(batch), length), pieces.padding)
    mask = torch.zeros((len(batch), length), dtype=torch.bool)
    for row, window in enumerate(batch):
        ids[row, : len(window.pieces)] = torch.tensor(window.pieces)
        mask[row, : len(window.pieces)] = True
    if settings.hidden:
        inside = (ids != pieces.begin) & (ids != pieces.end) & mask
        ids[inside & (torch.rand(ids.shape) < settings.hidden)] = pieces.unknown
    rows = torch.tensor([row for row, window in enumerate(batch) for _ in window.at])
    at = torch.tensor([position for window in batch for position in window.at])
    labels = torch.from_numpy(numpy.concatenate([window.labels for window in batch]))
    head = HEADS[batch[0].domain]
    # Without bfloat16 in hardware it takes 14 times as long as float32.
    with torch.autocast("cpu", torch.bfloat16, enabled=_HAS_BFLOAT16):
        states = encoder.encode(parameters, ids, mask, dropout=settings.dropout)[rows, at]
        scores = functional.linear(states, parameters[f"{head}.weight"], parameters[f"{head}.bias"])
    surprise = -functional.log_softmax(scores.float(), dim=-1)
    smooth = settings.smoothing
    loss = (labels * ((1 - smooth) * surprise + smooth * surprise.mean(dim=-1, keepdim=True))).sum()
    return loss / labels.sum().clamp(min=1)

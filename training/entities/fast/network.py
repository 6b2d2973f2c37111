"""The fast recognizer's network as it is trained: words as sums of feature vectors, two convolutions, a CRF a domain.

Only training runs this code. At run time khabar/entities/fast computes the same with numpy.
"""

from dataclasses import dataclass
from typing import Final, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from khabar.entities.fast.labels import LABELS, may_begin, may_end, may_follow

DIMENSIONS: Final = 64  # of a word
HIDDEN: Final = 96
REACH: Final = 2  # words to each side that each convolution sees
GAP: Final = 2 * REACH  # empty rows between sentences, so that none sees another
FORBIDDEN: Final = -10_000.0
_TINY: Final = 1e-30


@dataclass(frozen=True, slots=True)
class Batch:
    """Sentences of one domain laid out in one column of rows, with empty rows between them.

    Attributes:
        features: feature numbers of the W word types of the batch, one after another.
        offsets: where each type's begin.
        keep: weight of each feature: 1, or 0 where it is dropped.
        vectors: W x V, the pretrained vectors of the types.
        rows: R row numbers into the types; 0 for an empty row, 1 + type otherwise.
        groups: for each row, the number of its word in its article; rows of one word share it.
        places: S x T row numbers of each sentence's words, padded with 0.
        lengths: S sentence lengths.
        labels: S x T label numbers.
        domain: number of the domain.
        soft: R x L, a teacher's probabilities; labels are ignored where they are given.
    """

    features: Tensor
    offsets: Tensor
    keep: Tensor
    vectors: Tensor
    rows: Tensor
    groups: Tensor
    places: Tensor
    lengths: Tensor
    labels: Tensor
    domain: int
    soft: Tensor | None = None


class Head(nn.Module):
    """What differs between domains: the meaning of the hidden units, and which label follows which."""

    forbidden: Tensor
    begin: Tensor
    end: Tensor

    def __init__(self) -> None:
        super().__init__()
        labels = range(len(LABELS))
        self.output = nn.Linear(HIDDEN, len(LABELS))
        self.repeated = nn.Linear(len(LABELS), len(LABELS), bias=False)
        nn.init.zeros_(self.repeated.weight)
        self.follow = nn.Parameter(torch.zeros(len(LABELS), len(LABELS)))
        allowed = torch.tensor([[may_follow(one, other) for other in labels] for one in labels])
        self.register_buffer("forbidden", torch.where(allowed, 0.0, FORBIDDEN))
        self.register_buffer("begin", torch.tensor([0.0 if may_begin(label) else FORBIDDEN for label in labels]))
        self.register_buffer("end", torch.tensor([0.0 if may_end(label) else FORBIDDEN for label in labels]))

    def transitions(self) -> Tensor:
        """Return L x L scores of label pairs."""
        return self.follow + self.forbidden


class Network(nn.Module):
    """Feature vectors -> words -> two convolutions -> label scores."""

    def __init__(self, feature_count: int, vector_size: int, domains: int, *, dropout: float = 0.5) -> None:
        super().__init__()
        self.bag = nn.EmbeddingBag(feature_count, DIMENSIONS, mode="sum", include_last_offset=True, sparse=True)
        nn.init.normal_(self.bag.weight, std=0.1)
        self.project = nn.Linear(vector_size, DIMENSIONS, bias=False)
        self.first = nn.Conv1d(DIMENSIONS, HIDDEN, 2 * REACH + 1, padding=REACH)
        self.second = nn.Conv1d(HIDDEN, HIDDEN, 3, padding=REACH, dilation=REACH)
        self.heads = nn.ModuleList(Head() for _ in range(domains))
        self.dropout = dropout

    def head(self, domain: int) -> Head:
        """Return the head of a domain."""
        return cast(Head, self.heads[domain])

    def forward(self, batch: Batch) -> Tensor:
        """Return R x L label scores."""
        words = self.bag(batch.features, batch.offsets, per_sample_weights=batch.keep) + self.project(batch.vectors)
        words = functional.dropout(words, self.dropout, self.training)
        words = torch.cat([words.new_zeros(1, DIMENSIONS), words])
        row = words[batch.rows].T.unsqueeze(0)
        near = functional.dropout(functional.relu(self.first(row)), self.dropout, self.training)
        far = functional.dropout(functional.relu(self.second(near)), self.dropout, self.training)
        head = self.head(batch.domain)
        scores = head.output((near + far).squeeze(0).T)
        best = scores.new_zeros(int(batch.groups.max()) + 1, len(LABELS))
        index = batch.groups.unsqueeze(1).expand(-1, len(LABELS))
        best = best.scatter_reduce(0, index, torch.softmax(scores, 1), "amax")
        result: Tensor = scores + head.repeated(best[batch.groups])
        return result

    def loss(self, batch: Batch) -> Tensor:
        """Return the mean negative log-likelihood of a sentence, or the cross-entropy to the teacher."""
        scores: Tensor = self(batch)
        if batch.soft is not None:
            real = batch.rows > 0
            return -(batch.soft[real] * torch.log_softmax(scores[real], 1)).sum(1).mean() * 20
        head = self.head(batch.domain)
        emissions = scores[batch.places]
        total = _partition(emissions, batch.lengths, head)
        return (total - _path_score(emissions, batch.labels, batch.lengths, head)).mean()

    def marginals(self, batch: Batch) -> list[Tensor]:
        """Return the probability of each label at each word, T x L for each sentence: the gradient of the log-sum."""
        emissions = self(batch).detach()[batch.places].requires_grad_()
        total = _partition(emissions, batch.lengths, self.head(batch.domain)).sum()
        (gradient,) = torch.autograd.grad(total, emissions)
        return [row[:length] for row, length in zip(gradient, batch.lengths.tolist(), strict=True)]


def _partition(emissions: Tensor, lengths: Tensor, head: Head) -> Tensor:
    """Return the log-sum of the scores of all paths, for each sentence."""
    factors = head.transitions().exp()
    state = emissions[:, 0] + head.begin
    running = torch.arange(emissions.shape[1]).unsqueeze(1) < lengths
    for step in range(1, emissions.shape[1]):
        # One small matrix product a step: five times as fast as logsumexp over all pairs.
        best = state.amax(1, keepdim=True).detach()
        following = ((state - best).exp() @ factors + _TINY).log() + best + emissions[:, step]
        state = torch.where(running[step].unsqueeze(1), following, state)
    return torch.logsumexp(state + head.end, 1)


def _path_score(emissions: Tensor, labels: Tensor, lengths: Tensor, head: Head) -> Tensor:
    """Return the score of the annotated path, for each sentence."""
    inside = torch.arange(labels.shape[1]) < lengths.unsqueeze(1)
    own = (emissions.gather(2, labels.unsqueeze(2)).squeeze(2) * inside).sum(1)
    pairs = head.transitions()[labels[:, :-1], labels[:, 1:]] * inside[:, 1:]
    last = labels.gather(1, (lengths - 1).unsqueeze(1)).squeeze(1)
    result: Tensor = own + pairs.sum(1) + head.begin[labels[:, 0]] + head.end[last]
    return result

"""Groups of forms that name the same entity."""

from bisect import bisect_left
from collections.abc import Sequence

from khabar.entities.forms import Form


class Groups:
    """A union-find over forms; the earliest form represents its group."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self.forms = forms
        self._parents = list(range(len(forms)))

    def find(self, index: int) -> int:
        """Return the index of the form that represents the group of form `index`."""
        parents = self._parents
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    def join(self, one: int, other: int) -> None:
        """Join the groups of two forms."""
        one, other = sorted((self.find(one), self.find(other)))
        self._parents[other] = one

    def nearest(self, form: int, hosts: Sequence[int]) -> int | None:
        """Choose between candidates for the form that `form` is short for.

        Args:
            form: index of the short form.
            hosts: indexes of longer forms that it may stand for.

        Returns:
            The host mentioned last before the first mention of `form`; if all come later, the host if they are one group;
            otherwise None.
        """
        first = self.forms[form].mentions[0]
        before = [host for host in hosts if self.forms[host].mentions[0] < first]
        if before:
            return max(before, key=lambda host: _last_before(self.forms[host].mentions, first))
        return hosts[0] if len({self.find(host) for host in hosts}) == 1 else None


def _last_before(mentions: Sequence[int], limit: int) -> int:
    return mentions[bisect_left(mentions, limit) - 1]

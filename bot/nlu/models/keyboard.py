"""The letters of an American keyboard, and which are beside each other."""

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_OFFSETS = (0.0, 0.25, 0.75)  # of the rows of a keyboard, in widths of a key


def _neighbours() -> dict[str, str]:
    places = {key: (row, column + _OFFSETS[row]) for row, keys in enumerate(_ROWS) for column, key in enumerate(keys)}
    return {
        key: "".join(
            other
            for other, (its_row, its_column) in places.items()
            if other != key and abs(row - its_row) <= 1 and abs(column - its_column) <= 1
        )
        for key, (row, column) in places.items()
    }


NEIGHBOURS = _neighbours()  # of each letter, the keys around it

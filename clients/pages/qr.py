"""A QR code as the path of an SVG image: the page's policy lets in neither data: addresses nor inline style."""

from dataclasses import dataclass

import qrcode

_QUIET = 4  # modules around the code, as ISO/IEC 18004 wants


@dataclass(frozen=True, slots=True)
class QrCode:
    size: int
    path: str


def as_path(text: str) -> QrCode:
    code = qrcode.QRCode(border=_QUIET)
    code.add_data(text)
    rows = code.get_matrix()
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, filled in enumerate(row) if filled)
    return QrCode(len(rows), "".join(dark))

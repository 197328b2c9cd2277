"""The stores that the suite makes, and how each is addressed.

Only the standard library: the writers (each in its own process) and the tests import this.
"""

from dataclasses import dataclass
from urllib.parse import quote

BUCKET = "interop"
BARE_BUCKET = "interop-bare"
TOKEN = "canary-token-that-no-output-may-hold"


@dataclass(frozen=True)
class Store:
    """One store in a bucket of the emulator."""

    name: str
    prefix: str
    bucket: str = BUCKET
    hashed: bool = False
    # Which generation of the writer makes it: "current" or "first".
    writer: str = "current"

    @property
    def gs(self) -> str:
        return f"gs://{self.bucket}/{self.prefix}".rstrip("/")

    @property
    def portal_link(self) -> str | None:
        """The link that a portal shows for it; None where no such link can name it (it appends /dicomweb)."""
        if not self.prefix.endswith("dicomweb"):
            return None
        parts = [self.bucket, *self.prefix.split("/")[:-1]]
        return "https://portal.example/" + "/".join(quote(part, safe="") for part in parts) + f"?token={TOKEN}&view=1"


STORES = {
    store.name: store
    for store in [
        Store("plain", "dicomweb"),
        Store("bare", "", bucket=BARE_BUCKET),
        Store("reencoded", "reencoded/dicomweb"),
        Store("hashed", "süd + nord/dicomweb", hashed=True),
        Store("grown", "grown/by/and/by/dicomweb"),
        Store("failed", "failed/dicomweb"),
        Store("metadata-1.0", "metadata-1.0/dicomweb"),
        Store("metadata-unversioned", "metadata-unversioned/dicomweb", hashed=True),
        Store("edited", "edited/dicomweb"),
        Store("leftovers", "leftovers/dicomweb"),
        Store("first-generation", "first-generation/dicomweb", writer="first"),
    ]
}

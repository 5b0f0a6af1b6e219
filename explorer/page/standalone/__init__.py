"""Models as a page that needs no server: one file to send, or a folder for any static host."""

from explorer.page.standalone.document import as_page, as_site, shell
from explorer.page.standalone.pack import MOST, Pack, Packed, packed

// Files that say how they were made: explorer.pictures.recipe reads the text out of them.
{
  const TEXT = "latent-recipe";
  const SAYS = { "image/png": withText, "image/gif": withComment, "video/mp4": withEnd(box), "video/webm": withEnd(filler) };

  const marked = async (blob, text) => new Blob(SAYS[blob.type](new Uint8Array(await blob.arrayBuffer()), text), { type: blob.type });

  // A file for the visitor, with a text where there is one and the file is of a kind that can have it.
  Latent.fileWith = async (blob, name, text) => Latent.file(text && blob.type in SAYS ? await marked(blob, text) : blob, name);

  // The parts of a PNG with a text after its header.
  function withText(png, text) {
    const HEADER = 33, body = new TextEncoder().encode(`tEXt${TEXT}\0${text}`), ends = new DataView(new ArrayBuffer(8));
    ends.setUint32(0, body.length - 4);
    ends.setUint32(4, crc(body));
    return [png.subarray(0, HEADER), ends.buffer.slice(0, 4), body, ends.buffer.slice(4), png.subarray(HEADER)];
  }

  // The parts of a GIF with a text in a comment before its first picture: blocks of 255 bytes at most.
  function withComment(gif, text) {
    const BLOCK = 255, at = 13 + (gif[10] & 0x80 ? 3 << ((gif[10] & 7) + 1) : 0);  // after header and palette
    const body = new TextEncoder().encode(`${TEXT}\0${text}`), blocks = [];
    for (let start = 0; start < body.length; start += BLOCK) {
      const block = body.subarray(start, start + BLOCK);
      blocks.push(Uint8Array.of(block.length), block);
    }
    return [gif.subarray(0, at), Uint8Array.of(0x21, 0xfe), ...blocks, Uint8Array.of(0), gif.subarray(at)];
  }

  // The parts of a film with a text at its end, in what players skip: after `head`, a key of 16 bytes.
  function withEnd(head) {
    return (film, text) => {
      const body = new TextEncoder().encode(`${TEXT.padEnd(16, "\0")}${text}`);
      return [film, head(body.length), body];
    };
  }

  // The heads of an MP4's box of a kind of its own, and of a WebM's element without a meaning.
  function box(length) {
    const head = new DataView(new ArrayBuffer(8));
    head.setUint32(0, 8 + length);
    head.setUint32(4, 0x75756964);  // uuid
    return head.buffer;
  }

  function filler(length) {
    const head = new DataView(new ArrayBuffer(9));
    head.setUint16(0, 0xec01);  // Void, with a size of seven bytes
    head.setUint32(5, length);
    return head.buffer;
  }

  function crc(bytes) {
    let rest = 0xffffffff;
    for (const byte of bytes) {
      rest ^= byte;
      for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
    }
    return (rest ^ 0xffffffff) >>> 0;
  }
}

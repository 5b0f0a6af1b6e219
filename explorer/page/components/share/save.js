// What results give away: Latent.save(picture) saves a file that says how it was made,
// Latent.saveView(blob, name) so one that the browser has drawn, and Latent.python(picture) copies a
// program. `picture` is {grid, index}, {grid, sheet: true} for paths, or {tiles} for a morph; what is set
// by hand is waited for.
Latent.saving = function ({ server }) {
  const TEXT = "latent-recipe";
  const SAYS = { "image/png": withText, "image/gif": withComment, "video/mp4": withEnd(box), "video/webm": withEnd(filler) };

  async function ask(what, picture) {
    await Latent.settled();
    const key = sessionStorage.getItem("latent-key");
    const found = Latent.told(await server[what]({ key, ...picture }).catch(Latent.lost) ?? {});
    if (found.problem) Latent.toast(found.problem);
    if (found.lost) Latent.toast(found.lost);
    return found;
  }

  Latent.save = async (picture) => {
    const { name, src } = await ask("saved", picture);
    if (src) Latent.file(await (await fetch(src)).blob(), name);
  };

  Latent.saveView = async (blob, name) => {
    const { text } = await ask("view", {});
    if (text) Latent.file(new Blob(SAYS[blob.type](new Uint8Array(await blob.arrayBuffer()), text), { type: blob.type }), name);
  };

  // A file that the server has made, as gradio speaks of it; one of a kind that can says how it was made.
  Latent.saveMade = async ({ url, orig_name: name }) => {
    const blob = await (await fetch(url)).blob();
    if (SAYS[blob.type]) Latent.saveView(blob, name);
    else Latent.file(blob, name);
  };

  Latent.python = async (picture) => {
    const { text } = await ask("python", picture);
    if (text) await Latent.copy(text, Latent.say("The program is copied: run it where the explorer is installed."));
  };

  // A link to the state, onto the clipboard alone: in the address bar, a reload would come back to it.
  Latent.share = async (query) => {
    const url = new URL(window.location.href);
    const language = url.searchParams.get("lang");
    url.search = language ? `${query}&lang=${encodeURIComponent(language)}` : query;
    await Latent.copy(url.href, Latent.say("The link is copied."));
  };

  // A text onto the clipboard; `said` when it is there.
  Latent.copy = async (text, said) => {
    try {
      await navigator.clipboard.writeText(text);
      Latent.toast(said);
    } catch (error) {  // no clipboard without https or localhost
      Latent.offer(Latent.say("The browser does not let this page copy: the text is selected, copy it by hand."), text);
    }
  };

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
};

// Buttons that take one picture away: as a file, and as a program.
Latent.takeButtons = (picture) => [
  ["↓", Latent.say("Save this picture, with what made it"), () => Latent.save(picture())],
  ["</>", Latent.say("Copy as Python"), () => Latent.python(picture())],
].map(([sign, title, onclick]) => Latent.h("button", { type: "button", class: "chip take", title, "aria-label": title, onclick }, sign));

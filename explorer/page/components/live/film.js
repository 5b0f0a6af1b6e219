// Films of pictures side by side, as blobs: frames [{at: ms, images: [ImageData]}], one after the other.
{
  const PX = 160, GAP = 4, LEAST_MS = 40;  // viewers play GIFs with shorter frames slower
  const KINDS = { MP4: "video/mp4", WebM: "video/webm" };

  // A function that draws the images of a frame, all models abreast, into a canvas.
  function stage(images) {
    const canvas = Latent.h("canvas", { width: images.length * (PX + GAP) - GAP, height: PX });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    return [canvas, context, (frame) => frame.images.forEach((image, at) => {
      const small = new OffscreenCanvas(image.width, image.height);
      small.getContext("2d").putImageData(image, 0, 0);
      context.imageSmoothingEnabled = !Latent.pixelated();
      context.drawImage(small, at * (PX + GAP), 0, PX, PX);
    })];
  }

  const pause = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
  const lasts = (frames, at) => (at + 1 < frames.length ? Math.max(LEAST_MS, frames[at + 1].at - frames[at].at) : LEAST_MS);

  Latent.film = {
    LEAST_MS,

    // ImageData as an address.
    address(image) {
      const canvas = Latent.h("canvas", { width: image.width, height: image.height });
      canvas.getContext("2d").putImageData(image, 0, 0);
      return canvas.toDataURL();
    },

    // What this browser records, undefined if nothing.
    kind: () => Object.keys(KINDS).find((each) => window.MediaRecorder?.isTypeSupported(KINDS[each])),

    // script: the address of gifenc.
    async gif(frames, script) {
      const { GIFEncoder, quantize, applyPalette } = await import(script);
      const [canvas, context, draw] = stage(frames[0].images), gif = GIFEncoder();
      for (const [at, frame] of frames.entries()) {
        draw(frame);
        const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
        const palette = quantize(data, 256);
        gif.writeFrame(applyPalette(data, palette), width, height, { palette, delay: lasts(frames, at), repeat: 0 });
        await pause();
      }
      gif.finish();
      return new Blob([gif.bytes()], { type: "image/gif" });
    },

    // As long as the film lasts: the browser records what it is shown.
    async video(frames) {
      const [canvas, , draw] = stage(frames[0].images), parts = [], kind = Latent.film.kind();
      draw(frames[0]);
      const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: KINDS[kind], videoBitsPerSecond: 4e6 });
      const ended = new Promise((resolve) => { recorder.onstop = resolve; });
      recorder.ondataavailable = ({ data }) => parts.push(data);
      recorder.start();
      for (const [at, frame] of frames.entries()) {
        draw(frame);
        await pause(lasts(frames, at));
      }
      recorder.stop();
      await ended;
      return new Blob(parts, { type: KINDS[kind] });
    },
  };
}

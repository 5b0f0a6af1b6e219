// What is timed on the page. What it shows of models is text that changes with the pixels.
const seen = (node) => node.offsetParent !== null;
const small = new OffscreenCanvas(24, 24).getContext("2d", {willReadFrequently: true});
function pixels(canvas) {
  if (!canvas.width) return "";
  small.clearRect(0, 0, 24, 24);
  small.drawImage(canvas, 0, 0, 24, 24);
  return small.getImageData(0, 0, 24, 24).data.join();
}
window.shown = () => [
  ...[...document.querySelectorAll(".board .card img, .map .chart canvas")].filter(seen).map((node) => node.src ?? "map"),
  ...[...document.querySelectorAll(".tiles .grid canvas")].filter(seen).map(pixels),
].join(" ");
window.frame = () => new Promise(requestAnimationFrame);
const different = (before) => {
  const now = shown();
  return now && now !== before;
};
// Whether anything was drawn since it was last asked: to read all pixels takes time from the page.
let drawn = true;
for (const name of ["drawImage", "putImageData", "fill"]) {
  const draw = CanvasRenderingContext2D.prototype[name];
  CanvasRenderingContext2D.prototype[name] = function (...given) {
    drawn = true;
    return draw.apply(this, given);
  };
}
new MutationObserver(() => { drawn = true; }).observe(document, { subtree: true, childList: true, attributes: true });
window.until = async (act, done) => {
  const before = shown(), start = performance.now();
  act();
  for (drawn = true; ; await frame()) {
    if (performance.now() - start > 30000) throw new Error("Nothing changed on the page.");
    if (!drawn) continue;
    drawn = false;
    if (done(before)) break;
  }
  return performance.now() - start;
};
window.changed = (act) => until(act, different);
const slider = () => [...document.querySelectorAll(".sliders input[type=range]")].find(seen);
window.slide = (value, range = slider()) => {
  range.value = value;
  range.dispatchEvent(new Event("input", {bubbles: true}));
};
window.drag = async (seconds) => {
  let [pictures, last, step] = [0, shown(), 0];
  const start = performance.now(), range = slider();
  const hand = setInterval(() => slide((3 * Math.sin(step++ / 25)).toFixed(1), range), 8);
  while (performance.now() - start < 1000 * seconds) {
    await frame();
    if (!drawn) continue;
    drawn = false;
    const now = shown();
    if (now !== last) pictures++;
    last = now;
  }
  clearInterval(hand);
  return pictures / seconds;
};
window.openTab = (name) => changed(() =>
  [...document.querySelectorAll("[role=tab]")].find((node) => node.textContent.trim() === name).click());
// Times between the frames of the live pad in ms, while the pointer circles over it.
window.walk = async (seconds) => {
  const square = document.querySelector(".square-of-codes"), last = [...document.querySelectorAll(".pad canvas")].at(-1);
  const { left, top, width, height } = square.getBoundingClientRect(), drawn = [];
  const draw = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (...given) {
    draw.apply(this, given);
    if (this.canvas === last) drawn.push(performance.now());
  };
  let step = 0;
  const hand = setInterval(() => square.dispatchEvent(new PointerEvent("pointermove", {
    clientX: left + width * (0.5 + 0.4 * Math.cos(step / 40)), clientY: top + height * (0.5 + 0.4 * Math.sin(step++ / 40)) })), 4);
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  clearInterval(hand);
  CanvasRenderingContext2D.prototype.putImageData = draw;
  return drawn.slice(1).map((at, i) => at - drawn[i]);
};

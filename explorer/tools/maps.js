// The frames, in ms, while a hand moves the first map.
window.pan = async (seconds) => {
  const chart = document.querySelector(".map .chart"), { left, top, width, height } = chart.getBoundingClientRect();
  const send = (node, type, at) => node.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, view: window, buttons: 1,
    clientX: left + width / 2 + 90 * Math.sin(at / 20), clientY: top + height / 2 + 70 * Math.sin(at / 27) }));
  const frame = () => new Promise(requestAnimationFrame), frames = [], start = await frame(), before = chart.plot.view();
  send(chart, "mousedown", 0);
  for (let step = 1, last = start; last - start < 1000 * seconds; step++) {
    send(window, "mousemove", step);
    const now = await frame();
    frames.push(now - last);
    last = now;
  }
  send(window, "mouseup", 0);
  if (chart.plot.view().x === before.x) throw new Error("The map did not move.");
  return frames;
};

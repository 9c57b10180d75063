// Counts down what the server said when it made the page. Screen readers hear only the end.
import { clock, each } from "./each.js";

export function start(root) {
  each(root, "[data-countdown]", (line) => {
    const [running, over] = [line.querySelector("[data-running]"), line.querySelector("[data-over]")];
    const face = line.querySelector("[data-clock]");
    run(Number(line.dataset.countdown), (left) => {
      face.textContent = clock(left);
      if (left > 0) return;
      running.hidden = true;
      over.replaceChildren(line.querySelector("template").content.cloneNode(true));
    });
  });
  each(root, "[data-wait]", (button) => {
    const label = button.querySelector("span") ?? button;
    const words = label.textContent;
    // Not `disabled`: the button keeps its place in the tab order and can be read.
    button.setAttribute("aria-disabled", "true");
    const hold = (event) => event.preventDefault();
    button.addEventListener("click", hold);
    run(Number(button.dataset.wait), (left) => {
      label.textContent = left > 0 ? `${words} (${clock(left)})` : words;
      if (left > 0) return;
      button.removeAttribute("aria-disabled");
      button.removeEventListener("click", hold);
    });
  });
}

/** Calls `show` with the seconds left, now and each second, until they are over; right after a sleep of the device too. */
function run(seconds, show) {
  const end = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    show(left);
    if (left > 0) setTimeout(tick, 1000 - ((Date.now() - end) % 1000 + 1000) % 1000 || 1000);
  };
  tick();
}

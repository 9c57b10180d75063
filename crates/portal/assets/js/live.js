// Keeps a part of the page fresh: `<div id=x data-live="/events">` is fetched again each time the stream says «changed».
// A hidden page holds no stream: browsers allow a site only a few connections. Coming back, it opens one again.
import { each } from "./each.js";

export function start(root) {
  each(root, "[data-live][id]", (part) => {
    let stream = null;
    let over = false;
    const open = () => {
      if (stream || over || document.hidden || !part.dataset.live) return;
      stream = new EventSource(part.dataset.live);
      stream.addEventListener("changed", () => refresh(part));
      stream.addEventListener("done", () => {
        over = true;
        close();
      });
    };
    const close = () => {
      stream?.close();
      stream = null;
    };
    document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
    addEventListener("pagehide", close);
    addEventListener("pageshow", open);
    open();
  });
}

/** Fetches the page again and takes the part out of it. What somebody is at work in is left alone. */
async function refresh(part) {
  if (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return;
  const answer = await fetch(location.href, { credentials: "same-origin", headers: { "x-live": "1" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
  if (!fresh) return;
  part.replaceChildren(...fresh.childNodes);
  part.dataset.live = fresh.dataset.live ?? "";
}

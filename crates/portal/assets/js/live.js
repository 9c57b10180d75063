// Keeps a part of the page fresh: `<div id=x data-live="/events">` is fetched again each time the stream says «changed».
import { each } from "./each.js";

export function start(root) {
  each(root, "[data-live][id]", (part) => {
    const stream = new EventSource(part.dataset.live);
    stream.addEventListener("changed", async () => {
      const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
      if (!answer?.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
      if (fresh) part.replaceChildren(...fresh.childNodes);
    });
    stream.addEventListener("done", () => stream.close());
    addEventListener("pagehide", () => stream.close());
  });
}

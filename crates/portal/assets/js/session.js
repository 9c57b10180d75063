// Two minutes before an idle session ends, asks whether to stay; one press prolongs it (WCAG 2.2, 2.2.1).
import { clock, each } from "./each.js";

const WARN = 120; // seconds

export function start(root) {
  each(root, "[data-session-ends]", (dialog) => {
    const length = Number(dialog.dataset.sessionEnds);
    const face = dialog.querySelector("[data-session-clock]");
    let end = Date.now() + length * 1000;
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      if (left <= 0) return location.reload();
      if (left <= WARN && !dialog.open) dialog.showModal();
      face.textContent = clock(left);
      setTimeout(tick, left <= WARN ? 1000 : Math.min(left - WARN, 60) * 1000);
    };
    dialog.querySelector("[data-session-stay]").addEventListener("click", async () => {
      const answer = await fetch(location.href, { method: "HEAD", credentials: "same-origin" }).catch(() => null);
      if (!answer?.ok) return location.reload();
      end = Date.now() + length * 1000;
      dialog.close();
    });
    tick();
  });
}

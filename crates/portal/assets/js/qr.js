// The screen that shows a QR code looks again and again whether the phone has decided.
import { each } from "./each.js";

export function start(root) {
  each(root, "[data-qr]", (box) => {
    const ask = async () => {
      const answer = await fetch(box.dataset.poll).catch(() => null);
      if (answer?.ok && (await answer.text()) !== box.dataset.qr) return location.reload();
      return setTimeout(ask, 2000);
    };
    setTimeout(ask, 2000);
  });
}

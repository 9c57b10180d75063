// A button that copies the text of another element and says so for a moment.
import { each } from "./each.js";

export function start(root) {
  if (!navigator.clipboard) return;
  each(root, "[data-copy]", (button) => {
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = words; }, 3000);
    });
  });
}

// A code is pasted with whatever stands around it, typed with spaces, and sent when its last digit is there.
import { each } from "./each.js";

export function start(root) {
  each(root, "[data-code]", (field) => {
    const length = Number(field.dataset.code);
    let sent = "";
    field.addEventListener("input", () => {
      const digits = field.value.replace(/\D/g, "").slice(0, length);
      const plain = /^[\d\s-]*$/.test(field.value);
      if (!plain || digits.length === length) field.value = digits;
      if ("autoSubmit" in field.dataset && digits.length === length && digits !== sent) {
        sent = digits;
        field.form?.requestSubmit(field.form.querySelector("button:not([type=button], [formaction], [name])") ?? undefined);
      }
    });
    field.addEventListener("paste", (event) => {
      const digits = found(event.clipboardData?.getData("text") ?? "", length);
      if (!digits) return;
      event.preventDefault();
      field.value = digits;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
}

/** The code in a pasted message: the only run of so many digits, spaces and dashes inside it allowed. */
export function found(text, length) {
  const runs = text.match(/\d(?:[\s\u00a0-]?\d)*/g) ?? [];
  const codes = runs.map((run) => run.replace(/\D/g, "")).filter((digits) => digits.length === length);
  return codes.length === 1 ? codes[0] : null;
}

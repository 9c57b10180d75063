// Puts the dots into a date while it is typed: 05111984 → 05.11.1984.
import { each } from "./each.js";

export function start(root) {
  each(root, "[data-date]", (field) => field.addEventListener("input", (event) => {
    if (!event.inputType?.startsWith("insert") || field.selectionStart !== field.value.length) return;
    if (/^\d{3}$/.test(field.value)) field.value = field.value.replace(/^(\d\d)/, "$1.");
    if (/^\d\d\.\d{3}/.test(field.value)) field.value = field.value.replace(/^(\d\d\.\d\d)/, "$1.");
    if (/^\d{8}$/.test(field.value)) field.value = field.value.replace(/^(\d\d)(\d\d)/, "$1.$2.");
  }));
}

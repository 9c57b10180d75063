// Checks each field of a form by the server's own rules when one leaves it, and keeps what was typed.
import { each } from "./each.js";

export function start(root) {
  each(root, "form[data-check]", (form) => form.addEventListener("change", async (event) => {
    const input = event.target;
    if (!input.name || input.name === "csrf") return;
    const typed = input.type === "checkbox" ? (input.checked ? input.value : "") : input.value;
    const body = new URLSearchParams({ csrf: form.elements.csrf.value, field: input.name, typed });
    const answer = await fetch(form.dataset.check, { method: "POST", body, credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || !answer.headers.get("content-type")?.startsWith("application/json")) return;
    const { shown, error } = await answer.json();
    // Typed on meanwhile: the next change asks again.
    if (input.type !== "checkbox" && input.type !== "radio" && input.value !== typed) return;
    if (shown && !["checkbox", "radio"].includes(input.type)) input.value = shown;
    if (typed || !error) tell(input, error);
  }));
}

// The same places and marks that the server draws.
function tell(input, error) {
  const field = input.closest(".field");
  const id = `${input.name}-error`;
  document.getElementById(id)?.remove();
  if (error) {
    const words = document.querySelector("[data-check-error]").content.firstElementChild.cloneNode(true);
    words.id = id;
    words.setAttribute("role", "status");
    words.querySelector("[data-words]").textContent = error;
    field.querySelector(".input-row, textarea, .check-row").before(words);
  }
  field.classList.toggle("field--bad", Boolean(error));
  if (input.type === "radio" || input.type === "checkbox") return;
  if (error) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  const others = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((other) => other && other !== id);
  if (error) others.push(id);
  if (others.length) input.setAttribute("aria-describedby", others.join(" "));
  else input.removeAttribute("aria-describedby");
}

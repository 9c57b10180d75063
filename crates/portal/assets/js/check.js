// Checks each field of a form by the server's own rules when one leaves it, and keeps what was typed.
import { each } from "./each.js";

const ticks = (input) => ["checkbox", "radio"].includes(input.type);

export function start(root) {
  each(root, "form[data-check]", (form) => {
    // Each answer tells what the next question says.
    let last = Promise.resolve();
    form.addEventListener("change", ({ target }) => {
      if (!target.name || target.name === "csrf") return;
      const typed = target.type === "checkbox" && !target.checked ? "" : target.value;
      last = last.then(() => check(form, target, typed)).catch(() => {});
    });
  });
}

async function check(form, input, typed) {
  const { csrf, seen } = form.elements;
  const body = new URLSearchParams({ csrf: csrf.value, field: input.name, typed, seen: seen.value });
  const answer = await fetch(form.dataset.check, { method: "POST", body, credentials: "same-origin" });
  if (!answer.ok || !answer.headers.get("content-type")?.startsWith("application/json")) return;
  const now = await answer.json();
  seen.value = seen.value.split(" ").map((one) => (one.startsWith(`${input.name}.`) ? now.seen : one)).join(" ");
  // Typed on: the next change asks.
  if (!ticks(input) && input.value !== typed) return;
  if (now.shown && !ticks(input)) input.value = now.shown;
  if (typed || !now.error) tell(input, now.error);
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
  if (ticks(input)) return;
  const put = (name, value) => (value ? input.setAttribute(name, value) : input.removeAttribute(name));
  const others = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((other) => other !== id);
  put("aria-invalid", error && "true");
  put("aria-describedby", others.concat(error ? id : []).join(" ").trim());
}

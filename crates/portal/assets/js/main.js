// Adds comfort to pages that work without it. Each helper is loaded only where the page has use for it.
import { each } from "./each.js";

const helpers = [
  ["[data-password], [data-show-password]", "./password.js"],
  ["[data-code]", "./code.js"],
  ["[data-date]", "./date.js"],
  ["[data-check]", "./check.js"],
  ["[data-places]", "./places.js"],
  ["[data-upload]", "./upload.js"],
  ["[data-countdown], [data-wait]", "./countdown.js"],
  ["[data-copy]", "./copy.js"],
  ["[data-session-ends]", "./session.js"],
  ["[data-live]", "./live.js"],
  ["[data-challenge]", "./challenge.js"],
  ["[data-passkey], [data-accepted]", "./passkey.js"],
  ["[data-qr]", "./qr.js"],
  ["[data-push]", "./push.js"],
];

for (const [selector, module] of helpers) {
  if (document.querySelector(selector)) {
    import(module).then((helper) => helper.start?.(document)).catch((reason) => console.warn(module, reason));
  }
}

// A form is sent once while its answer is on the way. The flag goes when the page comes back from the
// browser's cache, so that the back button does not leave a dead button behind.
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 20_000) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = String(Date.now());
  event.submitter?.classList.add("is-busy");
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  each(document, "form[data-sent]", (form) => delete form.dataset.sent);
  each(document, ".is-busy", (button) => button.classList.remove("is-busy"));
});

// The summary of errors is read out first; its links put the cursor into the field.
document.querySelector("[data-error-summary]")?.focus();
addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-error-summary] a");
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
});

// Menus close by Escape and by a click elsewhere.
addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(".menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
addEventListener("click", (event) => {
  each(document, ".menu[open]", (menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
each(document, "[data-reload]", (link) => link.addEventListener("click", (event) => {
  event.preventDefault();
  location.reload();
}));

if ("serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
}

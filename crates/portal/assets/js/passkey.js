// Asks the browser for a passkey and sends what it answers as an ordinary form. Challenges come from the page.
import { each } from "./each.js";

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(Array.from(new Uint8Array(buffer ?? []), (byte) => String.fromCharCode(byte)).join(""))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = (keys) => keys?.map((key) => ({ ...key, id: bytes(key.id) }));

/** The page's options with bytes in the places of text. */
function read(part) {
  const options = JSON.parse(part.dataset.options);
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  options.allowCredentials = named(options.allowCredentials);
  options.excludeCredentials = named(options.excludeCredentials);
  return options;
}

function parts({ rawId, response: it }) {
  return it.attestationObject
    ? [it.clientDataJSON, it.attestationObject, new TextEncoder().encode(it.getTransports?.().join(" ") ?? "")]
    : [rawId, it.clientDataJSON, it.authenticatorData, it.signature, it.userHandle];
}

function say(part, word) {
  each(part, "[data-said]", (line) => { line.hidden = line.dataset.said !== word; });
}

function offer(part) {
  const form = part.closest("form");
  const field = form.elements.answer;
  const ways = navigator.credentials;
  let waiting = new AbortController();
  const { signal } = waiting;
  const send = (credential) => {
    field.value = parts(credential).map(text).join(".");
    form.requestSubmit();
  };
  part.hidden = false;
  if (!window.PublicKeyCredential) return say(part, "missing");
  each(form, "[data-scripted]", (button) => { button.hidden = false; });
  form.addEventListener("submit", async (event) => {
    if (field.value) return;
    event.preventDefault();
    waiting.abort();
    waiting = new AbortController();
    say(part, "");
    try {
      send(await ways[part.dataset.passkey]({ publicKey: read(part), signal: waiting.signal }));
    } catch (reason) {
      if (reason.name !== "AbortError") say(part, reason.name === "InvalidStateError" ? "known" : "cancelled");
    }
  });
  // The login field offers keys by itself; another way in ends that.
  const offers = "conditional" in part.dataset && PublicKeyCredential.isConditionalMediationAvailable?.();
  offers && offers.then((can) => can && ways.get({ publicKey: read(part), mediation: "conditional", signal }))
    .then((credential) => credential && send(credential)).catch(() => {});
  addEventListener("submit", (event) => event.target !== form && waiting.abort());
}

export function start(root) {
  each(root, "[data-passkey]", offer);
  const tell = (data, signal) => {
    each(root, `[data-${data}]`, (part) => window.PublicKeyCredential?.[signal]?.(JSON.parse(part.dataset[data])).catch(() => {}));
  };
  tell("unknown", "signalUnknownCredential");
  tell("accepted", "signalAllAcceptedCredentials");
}

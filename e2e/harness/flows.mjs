// What a person does, page by page. The same code plays with and without JavaScript.
//
// `seen(name)` is called on every page on the way, so that a test can look at each state.

import assert from "node:assert/strict";
import { codeIn, linkIn, messages, newest } from "./stand.mjs";
import { NEW_PASSWORD } from "./people.mjs";

const nothing = async () => {};

/** Presses something and waits for the page that follows, also when it has the same address. */
export async function follow(page, press) {
  const next = page.waitForEvent("framenavigated", { predicate: (frame) => frame === page.mainFrame() });
  await Promise.all([next, press()]);
  await page.waitForLoadState("load");
}

/** The button that sends the form around a field. */
export function sender(page, field) {
  return page.locator(`form:has([name="${field}"])`).first().locator('button:not([type="button"]):not([name="language"]), input[type=submit]').first();
}

/** Sends the form around a field. */
export async function send(page, field) {
  await follow(page, () => sender(page, field).click());
}

export async function fill(page, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = page.locator(`[name="${name}"]`).first();
    if (value === true) await field.check();
    else await field.fill(value);
  }
}

/** Types a code; with JavaScript the last digit sends it, without the button does. */
export async function typeCode(page, code, js) {
  const field = page.locator('[name="code"]').first();
  const sends = js && (await field.getAttribute("data-auto-submit")) !== null;
  if (sends) {
    await follow(page, () => field.fill(code));
  } else {
    await field.fill(code);
    await send(page, "code");
  }
}

/** A six-digit code that is not this one. */
export const wrongCode = (code) => (code === "111111" ? "222222" : "111111");

/** Registers from the first page to the cabinet. `by`: phone or email; `mistakes`: every page refuses once first. */
export async function register(visitor, who, { by = "phone", mistakes = false, seen = nothing, link = false } = {}) {
  const { page, js } = visitor;
  await page.goto("/register");
  await seen("register");
  if (mistakes) {
    await send(page, "surname");
    assert.ok(await page.locator("[aria-invalid=true]").count(), "the empty form is refused at its fields");
    await seen("register-errors");
  }
  await fill(page, { surname: who.surname, first_name: who.first_name, [by]: who[by], consent_terms: true, consent_data: true });
  await send(page, "surname");
  await seen(`register-code-${by}`);
  const message = await newest(by === "phone" ? "sms" : "email", who[by]);
  if (mistakes) {
    await typeCode(page, wrongCode(codeIn(message)), js);
    assert.ok(await page.locator("[aria-invalid=true]").count(), "a wrong code is refused at its field");
    await seen(`register-code-${by}-wrong`);
  }
  if (link) await openLink(page, linkIn(message));
  else await typeCode(page, codeIn(message), js);
  await seen("register-password");
  if (mistakes) {
    await fill(page, { password: "short", password_repeat: "shorter" });
    await send(page, "password_repeat");
    assert.ok(await page.locator("[aria-invalid=true]").count(), "a weak password is refused at its field");
    await seen("register-password-errors");
  }
  await fill(page, { password: who.password, password_repeat: who.password });
  await send(page, "password_repeat");
  await page.waitForURL(/\/cabinet/);
  await seen("cabinet-new");
}

/** Opens a link of a letter; when its page asks to press a button first (mail scanners open links), presses it. */
async function openLink(page, link) {
  await page.goto(link);
  const confirm = page.locator('main form button:not([type="button"])');
  if (!(await page.locator('[name="password_repeat"]').count()) && (await confirm.count())) {
    await follow(page, () => confirm.first().click());
  }
}

/** Signs in, from the sign-in page to the cabinet. */
export async function signIn(visitor, login, password, { seen = nothing, mistakes = false } = {}) {
  const { page } = visitor;
  await page.goto("/sign-in");
  await seen("sign-in");
  if (mistakes) {
    await fill(page, { login, password: "Sovsem-ne-tot-1!" });
    await send(page, "password");
    await seen("sign-in-wrong");
  }
  await fill(page, { login, password });
  await send(page, "password");
  await page.waitForURL(/\/cabinet/);
  await seen("cabinet");
}

/** Signs out through the menu, as a person finds it. */
export async function signOut(visitor) {
  const { page } = visitor;
  const button = page.locator('form[action="/sign-out"] button').first();
  if (!(await button.isVisible())) await page.locator("details:has(form[action='/sign-out']) > summary").first().click();
  await follow(page, () => button.click());
}

/** Recovers a forgotten password, to the end. */
export async function recover(visitor, who, { by = "phone", mistakes = false, seen = nothing, password = NEW_PASSWORD } = {}) {
  const { page, js } = visitor;
  const channel = by === "phone" ? "sms" : "email";
  const before = (await messages(channel, who[by])).length;
  await page.goto("/recover");
  await seen("recover");
  if (mistakes) {
    await fill(page, { login: "это не телефон" });
    await send(page, "login");
    await seen("recover-errors");
  }
  await fill(page, { login: who[by] });
  await send(page, "login");
  await seen("recover-code");
  const code = codeIn(await newest(channel, who[by], before));
  if (mistakes) {
    await typeCode(page, wrongCode(code), js);
    await seen("recover-code-wrong");
  }
  await typeCode(page, code, js);
  await seen("recover-password");
  await fill(page, { password, password_repeat: password });
  await send(page, "password_repeat");
  await seen("recover-done");
}

/** The choice of language and looks that the switches would store. */
export async function choose(visitor) {
  const { context, lang, look } = visitor;
  const words = [lang, look === "dark" ? "dark" : "light", ...(look === "large" ? ["large"] : [])];
  await context.addCookies([{ name: "prefs", value: words.join("."), url: process.env.E2E_PORTAL }]);
}

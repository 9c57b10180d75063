// With the keyboard alone: every step can be reached, the focus is always to be seen and never caught.

import assert from "node:assert/strict";
import { play } from "../harness/suite.mjs";
import { follow } from "../harness/flows.mjs";
import { tabTo, type } from "../harness/keys.mjs";
import { codeIn, newest } from "../harness/stand.mjs";
import { person } from "../harness/people.mjs";

for (const lang of ["ru", "en"]) {
  play(`register, sign out and sign in with the keyboard, ${lang}`, { lang, width: 1280 }, async ({ page }) => {
    const who = person({ latin: lang === "en" });
    await page.goto("/");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), "#main", "the first stop leads past the header");
    await tabTo(page, 'a[href="/register"]');
    await follow(page, () => page.keyboard.press("Enter"));
    await type(page, "surname", who.surname);
    await type(page, "first_name", who.first_name);
    await type(page, "phone", who.phone);
    for (const box of ["consent_terms", "consent_data"]) {
      await tabTo(page, `[name="${box}"]`);
      await page.keyboard.press("Space");
    }
    await follow(page, () => page.keyboard.press("Enter"));
    const code = codeIn(await newest("sms", who.phone));
    await tabTo(page, '[name="code"]');
    await follow(page, () => page.keyboard.type(code));
    await type(page, "password", who.password);
    await type(page, "password_repeat", who.password);
    await follow(page, () => page.keyboard.press("Enter"));
    assert.match(page.url(), /\/cabinet/);
    await tabTo(page, "details:has(form[action='/sign-out']) > summary");
    await page.keyboard.press("Enter");
    await tabTo(page, "form[action='/sign-out'] button");
    await follow(page, () => page.keyboard.press("Enter"));
    await page.goto("/sign-in");
    await type(page, "login", who.phone);
    await type(page, "password", who.password);
    await follow(page, () => page.keyboard.press("Enter"));
    assert.match(page.url(), /\/cabinet/);
  });
}

play("after a refused form the focus is on the summary of errors, whose links lead to the fields", {}, async ({ page }) => {
  await page.goto("/register");
  await tabTo(page, '[name="surname"]');
  await follow(page, () => page.keyboard.press("Enter"));
  const summary = await page.evaluate(() => document.activeElement?.closest("[role=alert], .error-summary, [data-error-summary]") !== null);
  assert.ok(summary, "the focus is not on the summary");
  await tabTo(page, 'main a[href^="#"]');
  await page.keyboard.press("Enter");
  assert.ok(await page.evaluate(() => document.activeElement.matches("input")), "the link does not lead to a field");
});

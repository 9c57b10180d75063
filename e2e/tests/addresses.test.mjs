// The directory of addresses in a form: offered while one types and chosen by keyboard or by touch; without JavaScript found by a
// button that asks. Both languages, three sizes.

import assert from "node:assert/strict";
import { play } from "../harness/suite.mjs";
import { atEveryWidth, axe, none, smallTargets } from "../harness/checks.mjs";
import { fill, follow, register, send } from "../harness/flows.mjs";
import { person } from "../harness/people.mjs";

const PROFILE = "/cabinet/profile";
const REGISTERED = `${PROFILE}/section/registered`;

for (const lang of ["ru", "en"]) {
  play(`addresses by keyboard, ${lang}`, { lang, js: true, width: 1280 }, async (me, t) => {
    const { page } = me;
    const field = (name) => page.locator(`[name="registered_${name}"]`);
    const offers = (name) => page.locator(`#registered_${name}-offers [role=option]`);
    const active = (name) => page.evaluate((id) => document.getElementById(document.getElementById(id).getAttribute("aria-activedescendant"))?.textContent ?? null, `registered_${name}`);
    await register(me, person(), { by: "phone" });
    await page.goto(REGISTERED);
    await page.locator("#registered_city[role=combobox]").waitFor();
    assert.equal(await page.locator("[data-places-find]").count(), 0, "the button is for browsers without scripts");

    await field("city").focus();
    await page.keyboard.type("тор");
    await offers("city").first().waitFor();
    assert.equal(await field("city").getAttribute("aria-expanded"), "true");
    assert.match(await page.locator(".offers-row:has(#registered_city) [role=status]").textContent(), /2/);
    assert.equal(await active("city"), null, "nothing is chosen before a key");
    await t.test("the list", async () => {
      me.problems.judging = true;
      none(await axe(page), "findings of axe");
      none(await smallTargets(page), "small targets");
      none(await atEveryWidth(page, `addresses-list-${lang}`), "scrolls sideways");
      me.problems.judging = false;
    });
    await page.keyboard.press("ArrowDown");
    assert.match(await active("city"), /^г\. Торжок/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assert.match(await active("city"), /^г\. Торжок/, "from the last it goes to the first");
    await page.keyboard.press("Escape");
    assert.equal(await field("city").inputValue(), "тор", "Escape loses nothing");
    assert.equal(await offers("city").first().isVisible(), false);
    await field("city").fill("твер");
    await offers("city").filter({ hasText: "Тверь" }).waitFor();
    await page.keyboard.press("ArrowUp");
    const kept = page.waitForResponse((answer) => answer.url().endsWith("/check") && answer.request().postData().includes("registered_region"));
    await page.keyboard.press("Enter");
    assert.equal(await field("city").inputValue(), "г. Тверь");
    assert.equal(await field("region").inputValue(), "Тверская область", "an empty region is filled in");
    await kept;
    assert.match(page.url(), /registered$/, "Enter in the list sends no form");
    assert.match(await page.locator(".offers-row:has(#registered_city) [role=status]").textContent(), lang === "ru" ? /Заполнено: регион/ : /Filled in: region/);

    await page.keyboard.press("Tab");
    await page.keyboard.type("мира");
    await offers("street").first().waitFor();
    await field("street").fill("Советская улица");
    await offers("street").filter({ hasText: "ул. Советская" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.equal(await field("street").inputValue(), "ул. Советская");
    assert.equal(await field("postcode").inputValue(), "170100");
    await fill(page, { registered_house: "12" });
    await send(page, "registered_city");
    assert.equal(new URL(page.url()).pathname, PROFILE, await page.locator("main").innerText());
    assert.ok((await page.locator("main").innerText()).includes("г. Тверь"));
  });
}

play("addresses by touch, 320 px", { lang: "ru", js: true, width: 320 }, async (me) => {
  const { page } = me;
  await register(me, person(), { by: "phone" });
  await page.goto(REGISTERED);
  await page.locator("#registered_region[role=combobox]").waitFor();
  const region = page.locator("#registered_region");
  await region.focus();
  await page.keyboard.type("автономный");
  const offer = page.locator("#registered_region-offers [role=option]").filter({ hasText: "Ханты-Мансийский" });
  await offer.waitFor();
  const box = await offer.boundingBox();
  assert.ok(box.height >= 44 && box.x >= 0 && box.x + box.width <= 320, JSON.stringify(box));
  none(await atEveryWidth(page, "addresses-touch"), "scrolls sideways");
  await region.focus();
  await page.keyboard.press("ArrowDown");
  await offer.waitFor();
  await offer.click();
  assert.equal(await region.inputValue(), "Ханты-Мансийский автономный округ — Югра");
  assert.equal(await offer.isVisible(), false);
  // What the directory does not have stays as it was typed.
  await page.locator("#registered_city").fill("Нигдеевка");
  await fill(page, { registered_house: "1" });
  await send(page, "registered_city");
  assert.equal(new URL(page.url()).pathname, PROFILE, await page.locator("main").innerText());
});

for (const lang of ["ru", "en"]) {
  play(`addresses without JavaScript, ${lang}`, { lang, js: false, width: 320 }, async (me) => {
    const { page } = me;
    await register(me, person(), { by: "phone" });
    await page.goto(REGISTERED);
    await fill(page, { registered_city: "тверь", registered_street: "шмидта", registered_house: "3" });
    const find = page.locator("[data-places-find] button");
    await follow(page, () => find.click());
    assert.equal(await page.locator("#registered_region").inputValue(), "Тверская область");
    assert.equal(await page.locator("#registered_city").inputValue(), "г. Тверь");
    assert.equal(await page.locator("#registered_house").inputValue(), "3");
    none(await smallTargets(page), "small targets");
    none(await atEveryWidth(page, `addresses-question-${lang}-nojs`), "scrolls sideways");
    await page.locator(".check-row").filter({ hasText: "б-р Шмидта" }).locator("input").check();
    await follow(page, () => page.locator("#places .actions button").first().click());
    assert.equal(await page.locator("#registered_street").inputValue(), "б-р Шмидта");
    none(await atEveryWidth(page, `addresses-done-${lang}-nojs`), "scrolls sideways");
    await send(page, "registered_city");
    assert.equal(new URL(page.url()).pathname, PROFILE, await page.locator("main").innerText());
  });
}

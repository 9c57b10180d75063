// People whom the stand's registers know, and their way to a checked profile.

import assert from "node:assert/strict";
import { fill, send } from "./flows.mjs";

const PROFILE = "/cabinet/profile";

/** Somebody whom the stand's registers know, as the form takes them; each place of the list is another person. */
export async function known(outcome, place) {
  const answer = await fetch(`${process.env.E2E_STAND}/api/people?outcome=${outcome}&limit=${place + 1}`);
  assert.ok(answer.ok, "the stand knows people");
  return (await answer.json())[place];
}

/** Fills in what the standard level needs; answers with what the page of everything says then. */
export async function fillIn(page, values) {
  const of = (...names) => Object.fromEntries(names.filter((name) => values[name]).map((name) => [name, values[name]]));
  await page.goto("/cabinet/profile/section/personal");
  await fill(page, of("surname", "first_name", "patronymic", "birth_date"));
  await fill(page, { birth_place: "гор. Тверь" });
  if (!values.patronymic) await page.locator('[name="no_patronymic"]').check();
  await page.locator(`[name="sex"][value="${values.sex}"]`).check();
  await page.locator('[name="citizenship"][value="rus"]').check();
  await send(page, "surname");
  await page.goto("/cabinet/profile/section/document");
  await page.locator('[name="document_kind"][value="passport_rf"]').check();
  await fill(page, { ...of("document_number", "issued_on", "division"), issued_by: "ОВД «Центральный» г. Твери" });
  await send(page, "document_number");
  await page.goto("/cabinet/profile/section/numbers");
  await fill(page, of("snils"));
  await send(page, "snils");
  assert.equal(new URL(page.url()).pathname, PROFILE, await page.locator("main").innerText());
}

/** Waits until the open page shows by itself that a sending has ended: nothing is clicked, nothing is opened anew. */
export async function endedByItself(page) {
  await page.evaluate(() => { window.sameDocument = true; });
  await page.locator("section[aria-labelledby=evidence]").waitFor({ timeout: 60_000 });
  assert.equal(await page.locator("section[aria-labelledby=sending] .tag--info").count(), 0);
  assert.ok(await page.evaluate(() => window.sameDocument), "the page was not opened anew");
}

/** Opens the page anew until a sending has ended. */
export async function ended(page) {
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    await page.goto(PROFILE);
    const open = await page.locator("section[aria-labelledby=sending] .tag--info").count();
    if (!open) return;
  }
  assert.fail("the registers did not answer within a minute");
}

// What no register can decide: a scan, a reviewer who looks, asks for a better scan and confirms; and what the person sees
// of it all the while.

import assert from "node:assert/strict";
import { another, play } from "../harness/suite.mjs";
import { act, arrive, join } from "../harness/desk.mjs";
import { fill, follow, register, send } from "../harness/flows.mjs";
import { judge } from "../harness/judge.mjs";
import { tabTo } from "../harness/keys.mjs";
import { hasOathtool } from "../harness/otp.mjs";
import { picture } from "../harness/pictures.mjs";
import { person } from "../harness/people.mjs";
import { command } from "../harness/processes.mjs";
import { ended, fillIn, known } from "../harness/known.mjs";
import { linkIn, newest } from "../harness/stand.mjs";

const MINE = "/cabinet/review";

/** Uploads a picture of a document. */
async function upload({ page }, slot, words) {
  await page.goto("/cabinet/documents");
  const before = await page.locator(`#place-${slot} .scan`).count();
  await page.locator(`#file-${slot}`).setInputFiles({ name: "паспорт.jpg", mimeType: "image/jpeg", buffer: await picture(page, words) });
  await follow(page, () => page.locator(`#place-${slot} form[enctype] button`).click());
  await page.locator(`#place-${slot} .scan img`).nth(before).waitFor();
  await page.waitForLoadState("load");
}

/** Opens the person's page until it says something else than before. */
async function changed({ page }, before) {
  const until = Date.now() + 30_000;
  while (Date.now() < until) {
    await page.goto(MINE);
    const now = await page.locator("#review").innerText();
    if (now !== before) return now;
  }
  assert.fail(`the page says still: ${before}`);
}

/** An administrator invites a reviewer, who comes. */
async function reviewer(options) {
  const [chief, who] = [person(), person()];
  const boss = await another(options);
  await arrive(boss, chief, linkIn({ text: command("create-admin") }));
  await join(boss);
  await boss.page.goto("/admin/staff");
  await fill(boss.page, { email: who.email });
  await boss.page.locator('form[action="/admin/staff/invite"] [name="role"]').selectOption("reviewer");
  await send(boss.page, "email");
  await boss.page.goto("/review");
  assert.equal(await boss.page.locator('form[action="/review/next"]').count(), 0, "who appoints reviewers reviews nobody");
  await boss.context.close();
  const staff = await another(options);
  await arrive(staff, who, linkIn(await newest("email", who.email)));
  await join(staff);
  return staff;
}

/** Takes the next case. */
async function take({ page }) {
  await page.goto("/review");
  await follow(page, () => act(page, "/review/next").click());
  assert.match(page.url(), /\/review\/rev_\w+$/, await page.locator("main").innerText());
}

/** Marks every value as the same and confirms: with the keyboard alone where there are scripts. */
async function confirm({ page, js }) {
  const names = await page.locator(".review-value input[value=same]").evaluateAll((all) => all.map((one) => one.name));
  assert.ok(names.length >= 9, `values: ${names}`);
  if (!js) {
    for (const name of names) await page.locator(`[name="${name}"][value=same]`).check();
    await page.locator('[name="act"][value=confirm]').check();
    await follow(page, () => act(page, "/decide").click());
    return;
  }
  for (const name of [...names, "act"]) {
    await tabTo(page, `[name="${name}"]`);
    await page.keyboard.press("Space");
  }
  await tabTo(page, 'form[action$="/decide"] button');
  await follow(page, () => page.keyboard.press("Enter"));
}

for (const [at, [lang, js]] of (hasOathtool() ? [["ru", true], ["en", false]] : []).entries()) {
  play(`a review by staff, ${lang}, ${js ? "with" : "without"} JavaScript`, { lang, js }, async (me, t) => {
    const seen = judge(me, t, "review");
    await register(me, person(), { by: "phone" });
    await me.page.goto(MINE);
    await seen("mine-none");
    await fillIn(me.page, await known("unclear_several_records", at));
    await upload(me, "main", "MAIN");
    await me.page.goto("/cabinet/profile");
    await follow(me.page, () => me.page.locator('form[action="/cabinet/profile/send"] button').click());
    await ended(me.page);
    await seen("profile");
    await changed(me, await me.page.locator("main").innerText());
    await seen("mine-waiting");

    const staff = await reviewer({ lang, js });
    const desk = judge(staff, t, "review");
    await staff.page.goto("/review");
    await desk("queue");
    await take(staff);
    const picture = staff.page.locator(".review-scan img").first();
    await picture.scrollIntoViewIfNeeded();
    await picture.evaluate((image) => image.decode());
    assert.ok((await picture.evaluate((image) => image.naturalWidth)) > 400, "the scan is there");
    await desk("case");
    await follow(staff.page, () => act(staff.page, "/decide").click());
    assert.equal(await staff.page.locator("[data-error-summary]").count(), 1, "a decision has to be chosen");
    await staff.page.locator('[name="act"][value=confirm]').check();
    await follow(staff.page, () => act(staff.page, "/decide").click());
    assert.ok((await staff.page.locator(".review-value.field--bad").count()) >= 9, "every value says that it was not looked at");
    await desk("case-errors");

    await staff.page.locator('[name="act"][value=ask]').check();
    await staff.page.locator('[name="slot"]').selectOption("main");
    await staff.page.locator('[name="flaw"]').selectOption("cut");
    await fill(staff.page, { words: lang === "ru" ? "Нижняя строка не вошла в снимок" : "The lowest line is not in the picture" });
    await follow(staff.page, () => act(staff.page, "/decide").click());
    assert.match(staff.page.url(), /\/review$/);
    await desk("asked");

    await me.page.goto(MINE);
    const asked = await me.page.locator("#review").innerText();
    assert.match(asked, /строка|lowest/, "the reviewer's words are there");
    await seen("mine-asked");
    await me.page.goto("/cabinet");
    await seen("home-asked");
    await upload(me, "main", "MAIN AGAIN");
    await changed(me, asked);

    await take(staff);
    await confirm(staff);
    assert.match(staff.page.url(), /\/review$/, await staff.page.locator("main").innerText());
    await desk("decided");
    await me.page.goto(MINE);
    await seen("mine-confirmed");
    await me.page.goto("/cabinet/security/journal?kind=staff");
    await seen("journal");
    assert.deepEqual([...staff.problems], [], "the page did something it must not");
    await staff.context.close();
  });
}

// What a browser must be told, and what must happen when people do what people do.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { another, play } from "../harness/suite.mjs";
import { fill, follow, register, send, sender, signOut, typeCode } from "../harness/flows.mjs";
import { codeIn, fault, messages, newest } from "../harness/stand.mjs";
import { person } from "../harness/people.mjs";

/** The button that orders a call. */
const CALL = 'button[name="channel"][value="call"]';

/** Asks again and again until it is so. */
async function until(holds, otherwise) {
  for (let n = 0; n < 100; n += 1) {
    if (await holds()) return;
    await pause(100);
  }
  assert.fail(otherwise);
}

const EVERYWHERE = {
  "content-security-policy": /default-src 'self'(?!.*unsafe-inline)/,
  "x-content-type-options": /^nosniff$/,
  "referrer-policy": /same-origin|no-referrer|strict-origin/,
  "cross-origin-opener-policy": /^same-origin$/,
};

for (const path of ["/", "/register", "/sign-in", "/recover", "/there-is-no-such-page"]) {
  play(`${path} carries the security headers`, {}, async ({ page }) => {
    const answer = await page.request.get(path);
    for (const [name, wanted] of Object.entries(EVERYWHERE)) {
      assert.match(answer.headers()[name] ?? "(none)", wanted, name);
    }
  });
}

play("after signing out, Back does not show the cabinet", {}, async (me) => {
  const who = person();
  await register(me, who);
  assert.match((await me.page.request.get("/cabinet")).headers()["cache-control"] ?? "", /no-store/);
  await signOut(me);
  await me.page.goBack();
  assert.doesNotMatch(await me.page.locator("body").innerText(), new RegExp(who.first_name), "a private page is shown again");
});

play("what was typed survives a refused form, leaving and coming back, and a second tab", {}, async (me) => {
  const who = person();
  const { page } = me;
  await page.goto("/register");
  await fill(page, { surname: who.surname, first_name: who.first_name, phone: "123", consent_terms: true });
  await send(page, "surname");
  assert.equal(await page.locator('[name="surname"]').inputValue(), who.surname);
  assert.equal(await page.locator('[name="phone"]').inputValue(), "123");
  await fill(page, { phone: who.phone, consent_terms: true, consent_data: true });
  await send(page, "surname");
  const tab = await me.context.newPage();
  await tab.goto("/register/code");
  assert.ok(await tab.locator('[name="code"]').count(), "the second tab does not go on where the first is");
  await tab.goto("/register");
  assert.equal(await tab.locator('[name="surname"]').inputValue(), who.surname, "the first page forgot what was typed");
  await send(tab, "surname");
  assert.ok(await tab.locator('[name="code"]').count(), "going on from the first page does not lead to the code");
});

play("two quick clicks send one code", {}, async (me) => {
  const who = person();
  const { page } = me;
  await page.goto("/register");
  await fill(page, { surname: who.surname, first_name: who.first_name, phone: who.phone, consent_terms: true, consent_data: true });
  await follow(page, () => sender(page, "surname").dblclick());
  await page.waitForSelector('[name="code"]');
  await newest("sms", who.phone);
  assert.equal((await messages("sms", who.phone)).length, 1);
});

play("a code pasted with spaces works", {}, async (me) => {
  const who = person();
  const { page, js } = me;
  await page.goto("/register");
  await fill(page, { surname: who.surname, first_name: who.first_name, phone: who.phone, consent_terms: true, consent_data: true });
  await send(page, "surname");
  const code = codeIn(await newest("sms", who.phone));
  await typeCode(page, ` ${code.slice(0, 3)} ${code.slice(3)} `, js);
  assert.ok(await page.locator('[name="password_repeat"]').count());
});

play("a taken number looks the same to the newcomer, and its owner is told", {}, async (me) => {
  const who = person();
  await register(me, who);
  const stranger = await another({});
  await stranger.page.goto("/register");
  await fill(stranger.page, { surname: "Посторонний", first_name: "Олег", phone: who.phone, consent_terms: true, consent_data: true });
  await send(stranger.page, "surname");
  assert.ok(await stranger.page.locator('[name="code"]').count(), "the newcomer sees another page than usual");
  await newest("sms", who.phone, 1);
  await stranger.context.close();
});

play("while both SMS centres are down the page shows other ways and keeps everything", {}, async (me) => {
  const who = person();
  const { page } = me;
  await fault("sms_centre_a", "outage");
  await fault("sms_centre_b", "outage");
  try {
    await page.goto("/register");
    await fill(page, { surname: who.surname, first_name: who.first_name, phone: who.phone, consent_terms: true, consent_data: true });
    await send(page, "surname");
    assert.ok(await page.locator('[name="code"]').count(), "the page of the code is shown");
    // The gateways notice within a moment that nobody answers; the person reloads, as people do.
    await until(async () => {
      await page.reload();
      return (await page.locator(CALL).count()) > 0;
    }, "the call is not offered");
  } finally {
    await fault("sms_centre_a", "none");
    await fault("sms_centre_b", "none");
  }
  await typeCode(page, codeIn(await newest("sms", who.phone)), me.js);
  assert.ok(await page.locator('[name="password_repeat"]').count(), "the code that waited for the centres works");
});

play("typed markup stays text", {}, async (me) => {
  const { page } = me;
  await page.goto("/register");
  const nasty = `"><svg/onload=alert(1)>'`;
  await fill(page, { surname: nasty, first_name: nasty, phone: nasty });
  await send(page, "surname");
  assert.equal(await page.locator('[name="surname"]').inputValue(), nasty);
  assert.equal(await page.locator("svg[onload]").count(), 0);
});

play("the portal can be installed, and shows its offline page without a network", { lang: "ru" }, async (me) => {
  const { page } = me;
  const manifest = await page.request.get("/manifest.webmanifest");
  assert.equal(manifest.status(), 200);
  const icons = (await manifest.json()).icons;
  for (const { src } of icons) assert.equal((await page.request.get(src)).status(), 200, src);
  assert.equal((await page.request.get("/sw.js")).status(), 200);
  assert.equal((await page.request.get("/offline")).status(), 200);
});

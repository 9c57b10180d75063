// Second factors as a person meets them: adding an application, signing in with it, recovery codes, text messages,
// trust, the page that asks again. Codes come from oathtool, which nobody here wrote.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { play } from "../harness/suite.mjs";
import { atEveryWidth, axe, none, smallTargets } from "../harness/checks.mjs";
import { fill, follow, register, send, sender, signOut, typeCode } from "../harness/flows.mjs";
import { codeIn, messages, newest } from "../harness/stand.mjs";
import { person } from "../harness/people.mjs";

const FACTORS = "/cabinet/security/factors";

let oathtool = true;
try {
  execFileSync("oathtool", ["--version"], { stdio: "ignore" });
} catch {
  oathtool = false;
  console.log("skipped: oathtool is not installed (apt-get install oathtool)");
}

/** The code that an application shows, `steps` of thirty seconds from now. */
const code = (key, steps = 0) => execFileSync("oathtool", ["--totp", "-b", key.replaceAll(" ", ""), "-N", `now + ${steps * 30} seconds`], { encoding: "utf8" }).trim();

/** Adds an application; its key and the recovery codes. */
async function addApp(me, seen) {
  const { page } = me;
  await page.goto(FACTORS);
  await seen("factors-none");
  await follow(page, () => page.locator(`a[href="${FACTORS}/app"]`).click());
  await seen("factors-app");
  const key = await page.locator(".factor-secret code").innerText();
  await fill(page, { code: "000000" });
  await send(page, "setup");
  assert.ok(await page.locator("[aria-invalid=true]").count(), "a wrong first code binds nothing");
  assert.equal(await page.locator(".factor-secret code").innerText(), key, "the key stays the same after an error");
  await seen("factors-app-wrong");
  // This code now and the one of the next step below: both are right, also when a step ends on the way.
  await fill(page, { code: code(key) });
  await send(page, "setup");
  await seen("factors-new-codes");
  const codes = await page.locator(".paper-codes code").allInnerTexts();
  assert.equal(codes.length, 10);
  return { key, codes };
}

/** The password, up to the page of the second factor. */
async function firstStep(page, who) {
  await page.goto("/sign-in");
  await fill(page, { login: who.phone, password: who.password });
  await send(page, "password");
  await page.waitForURL(/\/sign-in\/second/);
}

for (const lang of oathtool ? ["ru", "en"] : []) {
  for (const js of [true, false]) {
    play(`second factors, ${lang}, ${js ? "with" : "without"} JavaScript`, { lang, js }, async (me, t) => {
      const { page } = me;
      const seen = async (name) => {
        if (!js) return;
        await t.test(name, async () => {
          me.problems.judging = true;
          none(await axe(page), "findings of axe");
          none(await smallTargets(page), "small targets");
          none(await atEveryWidth(page, `${name}-${lang}`), "scrolls sideways");
          me.problems.judging = false;
        });
      };
      const who = person();
      await register(me, who);
      const { key, codes } = await addApp(me, seen);
      await page.goto(FACTORS);
      await seen("factors-list");
      await signOut(me);

      await firstStep(page, who);
      await seen("second-app");
      await typeCode(page, "000000", js);
      assert.ok(await page.locator("[aria-invalid=true]").count(), "a wrong code is refused at its field");
      await seen("second-app-wrong");
      const used = code(key, 1);
      await typeCode(page, used, js);
      await page.waitForURL(/\/cabinet/);
      await signOut(me);

      await firstStep(page, who);
      await typeCode(page, used, js);
      assert.ok(await page.locator("[aria-invalid=true]").count(), "a used code is refused");
      await follow(page, () => page.locator('a[href*="way=recovery-codes"]').click());
      await seen("second-paper");
      await fill(page, { recovery_code: codes[0].toLowerCase() });
      await page.locator('[name="trust"]').check();
      await send(page, "recovery_code");
      await page.waitForURL(/\/cabinet/);
      await page.goto(FACTORS);
      await seen("factors-trusted");
      await signOut(me);

      // Trusted: the password alone.
      await page.goto("/sign-in");
      await fill(page, { login: who.phone, password: who.password });
      await send(page, "password");
      await page.waitForURL(/\/cabinet/);

      // Not enough to change factors: the page asks again.
      await page.goto(`${FACTORS}/sms`);
      await page.waitForURL(/\/confirm/);
      await seen("confirm");
      await follow(page, () => page.locator('a[href*="way=recovery-codes"]').click());
      await fill(page, { recovery_code: codes[1] });
      await send(page, "recovery_code");
      await page.waitForURL(/factors\/sms/);
      await seen("factors-sms");
      const before = (await messages("sms", who.phone)).length;
      await follow(page, () => sender(page, "phone").click());
      const texts = await newest("sms", who.phone, before);
      await seen("factors-sms-code");
      await typeCode(page, codeIn(texts), js);
      await page.waitForURL(/factors/);
      assert.equal(await page.locator(".factor").count(), 3);
      await seen("factors-all");
    });
  }
}

// Every way back into an account: a forgotten password, the saved code, after a second factor, the waiting period and
// its cancelling, a lockdown. Both languages, with and without scripts.

import assert from "node:assert/strict";
import { play } from "../harness/suite.mjs";
import { judge } from "../harness/judge.mjs";
import { fill, follow, recover, register, send, sender, signOut, typeCode, wrongCode } from "../harness/flows.mjs";
import { addApp, hasOathtool, otp } from "../harness/otp.mjs";
import { codeIn, linkIn, messages, newest } from "../harness/stand.mjs";
import { NEW_PASSWORD, person } from "../harness/people.mjs";

const bad = (page, field) => page.locator(`[name="${field}"][aria-invalid="true"]`).count();

/** From the first page to the page after the right code. */
async function byPhone(me, who) {
  const { page, js } = me;
  const before = (await messages("sms", who.phone)).length;
  await page.goto("/recover");
  await fill(page, { login: who.phone });
  await send(page, "login");
  await typeCode(page, codeIn(await newest("sms", who.phone, before)), js);
}

/** A new password on the page that is open, up to the cabinet. */
async function setPassword(page, password) {
  await fill(page, { password, password_repeat: password });
  await send(page, "password_repeat");
}

for (const lang of ["ru", "en"]) {
  for (const js of [true, false]) {
    const kind = `${lang}, ${js ? "with" : "without"} scripts`;

    play(`a forgotten password and the saved code, ${kind}`, { lang, js }, async (me, t) => {
      const seen = judge(me, t, "recovery");
      const { page } = me;
      const who = person();
      await register(me, who);
      await page.goto("/cabinet/security");
      await follow(page, () => page.locator('a[href="/cabinet/security/recovery"]').click());
      await seen("saved-own");
      await follow(page, () => page.locator('form[action="/cabinet/security/recovery"] button').click());
      const saved = await page.locator(".paper-code").innerText();
      assert.match(saved, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
      await seen("saved-own-code");
      await page.goto("/cabinet/security/recovery");
      assert.ok(!(await page.content()).includes(saved), "the code is shown once");
      await seen("saved-own-made");
      await signOut(me);

      await recover(me, who, { mistakes: true, seen });
      assert.match(page.url(), /\/cabinet/);
      await signOut(me);

      await page.goto("/recover");
      await follow(page, () => page.locator('a[href="/recover/proofing"]').click());
      await seen("proofing");
      await page.goto("/recover");
      await follow(page, () => page.locator('a[href="/recover/access-code"]').click());
      await seen("access-code");
      await page.goto("/recover");
      await follow(page, () => page.locator('a[href="/recover/saved-code"]').click());
      await seen("saved-code");
      await send(page, "code");
      assert.ok(await bad(page, "login"), "an empty form is refused at its field");
      await seen("saved-code-empty");
      await fill(page, { login: who.phone, code: "7K2M-Q9RT-0XVB-4HNP" });
      await send(page, "code");
      assert.ok(await bad(page, "code"), "a wrong code is refused at its field");
      assert.equal(await page.locator('[name="login"]').inputValue(), who.phone, "the login stays");
      await seen("saved-code-wrong");
      await fill(page, { code: saved.toLowerCase().replaceAll("-", " ") });
      await send(page, "code");
      assert.match(page.url(), /\/recover\/password$/);
      await setPassword(page, who.password);
      assert.match(page.url(), /\/cabinet/);
    });

    play(`a lockdown is opened by recovery only, ${kind}`, { lang, js }, async (me, t) => {
      const seen = judge(me, t, "recovery");
      const { page } = me;
      const who = person();
      await register(me, who);
      await page.goto("/cabinet/security/lockdown");
      await page.locator('[name="understood"]').check();
      await follow(page, () => sender(page, "understood").click());
      assert.match(page.url(), /\/account-closed$/);
      await seen("locked-down");
      await byPhone(me, who);
      await setPassword(page, NEW_PASSWORD);
      assert.doesNotMatch(page.url(), /\/cabinet/, "the account does not open at once");
      await seen("waits");
    });

    if (!hasOathtool()) continue;
    play(`recovery after a second factor, ${kind}`, { lang, js }, async (me, t) => {
      const seen = judge(me, t, "recovery");
      const { page } = me;
      const who = person();
      await register(me, who);
      const key = await addApp(me);
      await signOut(me);

      await byPhone(me, who);
      assert.match(page.url(), /\/recover\/second$/, "the factor is asked for, too");
      await seen("second");
      await typeCode(page, wrongCode(otp(key)), js);
      assert.ok(await bad(page, "code"));
      await seen("second-wrong");
      await page.goto("/recover/password");
      assert.doesNotMatch(page.url(), /password/, "there is no way around it");
      await page.goto("/recover/second");
      await follow(page, () => page.locator('main a[href="/recover/saved-code"]').click());
      assert.equal(await page.locator('[name="login"]').count(), 0, "who it is is known already");
      await seen("saved-instead");

      await page.goto("/recover/second");
      await follow(page, () => page.locator('a[href="/recover/wait"]').click());
      await seen("wait");
      await fill(page, { password: "Ne-tot-parol-1!" });
      await send(page, "password");
      assert.ok(await bad(page, "password"));
      await seen("wait-wrong");
      const before = (await messages("sms", who.phone)).length;
      await fill(page, { password: who.password });
      await send(page, "password");
      assert.equal(await page.locator('[name="password"]').count(), 0, "it has begun");
      await seen("wait-begun");

      const link = linkIn(await newest("sms", who.phone, before));
      await page.goto(link);
      await seen("cancel");
      await follow(page, () => page.locator('form[action^="/recover/cancel/"] button').click());
      await seen("cancelled");
      await page.goto(link);
      assert.equal(await page.locator('form[action^="/recover/cancel/"]').count(), 0, "there is nothing to cancel any more");
      await seen("cancel-gone");

      // Nothing is left but the phone: the account may be deleted after a wait, which its owner can cancel.
      await page.goto("/recover/second");
      await follow(page, () => page.locator('main a[href="/recover/restart"]').click());
      await seen("restart");
      const told = (await messages("sms", who.phone)).length;
      await follow(page, () => page.locator('form[action="/recover/restart"] button').click());
      assert.equal(await page.locator('form[action="/recover/restart"]').count(), 0, "it has begun");
      await seen("restart-begun");
      await page.goto(linkIn(await newest("sms", who.phone, told)));
      assert.match(await page.locator("main").innerText(), /удалить|delete/, "it says what is cancelled");
      await seen("restart-cancel");
      await follow(page, () => page.locator('form[action^="/recover/cancel/"] button').click());
      await page.goto("/recover/restart");
      assert.equal(await page.locator('form[action="/recover/restart"]').count(), 1, "it was cancelled");

      await page.goto("/recover/second");
      await typeCode(page, otp(key, 1), js);
      assert.match(page.url(), /\/recover\/password$/);
      await setPassword(page, NEW_PASSWORD);
      assert.match(page.url(), /\/cabinet/);
      await seen("recovered");
    });
  }
}

// Passkeys with Chromium's virtual authenticator: add, sign in without a login, as second factor, rename, remove.

import assert from "node:assert/strict";
import { another, play } from "../harness/suite.mjs";
import { atEveryWidth, axe, none } from "../harness/checks.mjs";
import { fill, follow, register, send, signOut } from "../harness/flows.mjs";
import { person } from "../harness/people.mjs";

const LIST = "/cabinet/security/passkeys";

/** A phone's authenticator in this browser. */
async function authenticator({ context, page }) {
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable", { enableUI: false });
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options });
  return {
    quiet: (quiet) => cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled: !quiet }),
    keys: async () => (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
  };
}

/** Presses the button with a key that answers from now on: the login field's own offer began before, and stays open. */
async function useKey({ page }, key, button) {
  await page.waitForLoadState("networkidle");
  await key.quiet(false);
  await follow(page, () => page.locator(button).click());
  await key.quiet(true);
}

async function judged(me, name) {
  me.problems.judging = true;
  none(await axe(me.page), `axe: ${name}`);
  none(await atEveryWidth(me.page, `${name}-${me.lang}`), `${name} scrolls sideways`);
  me.problems.judging = false;
}

for (const lang of ["ru", "en"]) {
  play(`${lang}: a passkey from its making to its removal`, { lang }, async (me) => {
    const { page } = me;
    const key = await authenticator(me);
    const who = person({ latin: lang === "en" });
    await register(me, who);
    await page.goto(LIST);
    await judged(me, "passkeys-none");
    await page.goto(`${LIST}/new`);
    await judged(me, "passkeys-new");
    await fill(page, { name: "Laptop" });
    await follow(page, () => page.locator("[data-passkey] button").click());
    assert.equal(await page.locator("main code").count(), 10, "the first factor brings the recovery codes");
    assert.equal((await key.keys()).length, 1);
    await page.goto(LIST);
    assert.match(await page.locator("main").innerText(), /Laptop/);
    await judged(me, "passkeys-list");

    // Without a login; the login field offers nothing before it is asked.
    await key.quiet(true);
    await signOut(me);
    await page.goto("/sign-in");
    await judged(me, "sign-in-with-passkey");
    await useKey(me, key, "[data-passkey] button");
    await page.waitForURL(/\/cabinet/);

    // After the password.
    await key.quiet(true);
    await signOut(me);
    await page.goto("/sign-in");
    await fill(page, { login: who.phone, password: who.password });
    await send(page, "password");
    await page.waitForURL(/second/);
    await judged(me, "second-passkey");
    await useKey(me, key, "form:has([data-passkey]) button[data-scripted]");
    await page.waitForURL(/\/cabinet/);

    await page.goto(LIST);
    await page.locator("main details summary").first().click();
    await page.locator("main details input[type=text]").fill("Phone");
    await follow(page, () => page.locator('button[value="rename"]').click());
    assert.match(await page.locator("main").innerText(), /Phone/);
    await page.locator("main details summary").first().click();
    await judged(me, "passkeys-change");
    await follow(page, () => page.locator('button[value="remove"]').click());
    assert.doesNotMatch(await page.locator("main").innerText(), /Phone/);
    await key.quiet(true);
    await signOut(me);
    await page.goto("/sign-in");
    if ((await key.keys()).length > 0) {
      await useKey(me, key, "[data-passkey] button");
      await judged(me, "passkey-refused");
      assert.match(page.url(), /\/sign-in\/passkey/, "a removed key opens nothing");
    }
  });

  play(`${lang}: the login field offers the passkey by itself`, { lang }, async (me) => {
    const { page } = me;
    await authenticator(me);
    await register(me, person());
    await page.goto(`${LIST}/new`);
    await follow(page, () => page.locator("[data-passkey] button").click());
    await signOut(me);
    await page.goto("/sign-in");
    await page.waitForURL(/\/cabinet/);
  });

  play(`${lang}: without JavaScript the pages say so and name other ways`, { lang, js: false, width: 320 }, async (me) => {
    const { page } = me;
    await register(me, person());
    await page.goto(`${LIST}/new`);
    assert.match(await page.locator("main").innerText(), /JavaScript/);
    assert.equal(await page.locator("[data-passkey] button:visible").count(), 0);
    const stranger = await another({ lang, js: false, width: 320 });
    await stranger.page.goto("/sign-in");
    assert.match(await stranger.page.locator("main").innerText(), /JavaScript/);
    none(await atEveryWidth(stranger.page, `sign-in-without-script-${lang}`), "scrolls sideways");
    await stranger.context.close();
  });
}

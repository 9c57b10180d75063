// The person of the issue: registers, leaves, comes back, forgets the password. Both languages, with and without
// JavaScript, by phone and by e-mail; without JavaScript on a phone of 320 px.

import assert from "node:assert/strict";
import { another, play } from "../harness/suite.mjs";
import { none, overflow } from "../harness/checks.mjs";
import { follow, recover, register, signIn, signOut } from "../harness/flows.mjs";
import { NEW_PASSWORD, person } from "../harness/people.mjs";

for (const lang of ["ru", "en"]) {
  for (const js of [true, false]) {
    for (const by of ["phone", "email"]) {
      play(`${lang}, ${js ? "with" : "without"} JavaScript, by ${by}: register, sign out and in, recover`, { lang, js, width: js ? 1280 : 320 }, async (me) => {
        const who = person({ latin: lang === "en" });
        const seen = async (name) => none(await overflow(me.page), `${name} scrolls sideways`);
        await register(me, who, { by, seen });
        assert.equal(await me.page.locator("html").getAttribute("lang"), lang);
        assert.match(await me.page.locator("body").innerText(), new RegExp(who.first_name), "the cabinet greets the person");
        await signOut(me);
        await me.page.goto("/cabinet");
        assert.match(me.page.url(), /\/sign-in/, "the cabinet is closed after signing out");
        await signIn(me, who[by], who.password, { seen });
        await signOut(me);
        await recover(me, who, { by, seen });
        const fresh = await another({ lang, js });
        await signIn(fresh, who[by], NEW_PASSWORD);
        await fresh.context.close();
      });
    }
  }
}

play("the link of the letter does what the code does", {}, async (me) => {
  await register(me, person(), { by: "email", link: true });
});

play("without JavaScript the link of the letter works too", { js: false }, async (me) => {
  await register(me, person(), { by: "email", link: true });
});

play("language changes in place and is remembered", {}, async (me) => {
  const { page } = me;
  await page.goto("/sign-in");
  await follow(page, () => page.locator('button[name="language"][value="en"], a[hreflang="en"], a[lang="en"]').first().click());
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  assert.match(page.url(), /\/sign-in/, "the person stays where they were");
  await page.goto("/");
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
});

play("a person without a session is sent to the cabinet after signing in, not elsewhere", {}, async (me) => {
  await me.page.goto("/cabinet/security");
  assert.match(me.page.url(), /\/sign-in/);
});

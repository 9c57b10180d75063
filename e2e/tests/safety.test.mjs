// «It was not me», closing the account, bans, known devices: in both languages, with and without scripts.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { another, play } from "../harness/suite.mjs";
import { atEveryWidth, axe, none, smallTargets } from "../harness/checks.mjs";
import { fill, follow, register, send, sender, signIn } from "../harness/flows.mjs";
import { messages } from "../harness/stand.mjs";
import { person } from "../harness/people.mjs";

/** A page is looked at: axe, targets, every width. */
const judge = (me, t, kind) => async (name) => {
  await t.test(name, async () => {
    me.problems.judging = true;
    // axe runs inside the page, so the page must be one with scripts; the markup is the same without them.
    if (kind.endsWith("-js")) none(await axe(me.page), "findings of axe");
    none(await smallTargets(me.page), "small targets");
    none(await atEveryWidth(me.page, `safety-${name}-${kind}`), "scrolls sideways");
    me.problems.judging = false;
  });
};

/** The path of «It was not me» in the message that tells of a sign-in. */
async function notMe(phone) {
  for (let n = 0; n < 200; n += 1) {
    const texts = (await messages("sms", phone)).map((message) => message.text ?? "");
    const told = texts.find((text) => /вход в вашу|a sign-in to your/.test(text));
    if (told) return /\/n\/[\w-]{22}/.exec(told)[0];
    await pause(100);
  }
  return assert.fail("no message tells of the sign-in");
}

for (const lang of ["ru", "en"]) {
  for (const js of [true, false]) {
    const kind = `${lang}-${js ? "js" : "plain"}`;

    play(`the owner's safety, ${kind}`, { lang, js }, async (me, t) => {
      const seen = judge(me, t, kind);
      const who = person();
      const { page } = me;
      await register(me, who);
      await page.goto("/cabinet/security");
      assert.ok((await page.locator(".hub-link").count()) >= 5, "the hub has its rows");
      await seen("hub");
      await follow(page, () => page.locator('a[href="/cabinet/security/devices"]').click());
      await seen("devices");
      await page.goto("/cabinet/security/restrictions");
      await seen("bans");
      await follow(page, () => page.locator("#no-credit button").click());
      assert.ok(await page.locator("#no-credit .tag").count(), "the ban is shown as set");
      await seen("bans-set");
      await page.goto("/cabinet/security/lockdown");
      await follow(page, () => sender(page, "understood").click());
      assert.ok(await page.locator('[role="alert"], .error-summary').count(), "the box must be ticked");
      await seen("lockdown-error");

      const thief = await another({ lang, js });
      await signIn(thief, who.phone, who.password);
      const path = await notMe(who.phone);
      const friend = await another({ lang, js });
      await friend.page.goto(path);
      await judge(friend, t, kind)("link");
      await thief.page.goto("/cabinet");
      assert.match(thief.page.url(), /\/cabinet/, "opening the link changes nothing");
      await follow(friend.page, () => sender(friend.page, "choice").click());
      assert.match(friend.page.url(), /\/account-closed$/);
      await judge(friend, t, kind)("closed");
      await thief.page.goto("/cabinet");
      assert.match(thief.page.url(), /\/sign-in/, "the thief is out");
      await page.goto("/cabinet");
      assert.match(page.url(), /\/sign-in/, "and everybody else");
      await friend.page.goto(path);
      await judge(friend, t, kind)("link-dead");
    });
  }
}

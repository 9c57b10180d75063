// Contacts: adding one by phone and by e-mail, replacing, removing, undoing by the link of the message. Both languages,
// with and without JavaScript; every page judged at three sizes.

import assert from "node:assert/strict";
import { another, play } from "../harness/suite.mjs";
import { atEveryWidth, axe, none, smallTargets } from "../harness/checks.mjs";
import { fill, follow, register, send, typeCode, wrongCode } from "../harness/flows.mjs";
import { codeIn, linkIn, messages, newest } from "../harness/stand.mjs";
import { person } from "../harness/people.mjs";

const LIST = "/cabinet/security/contacts";

/** Opens the page of the contact at a place of the list. */
async function openContact(page, place) {
  await page.goto(LIST);
  await follow(page, () => page.locator('a[href*="/contacts/one/"]').nth(place).click());
}

/** Types the code that came to a contact. */
async function confirm(me, channel, to, seen = async () => {}) {
  await seen("contacts-code");
  await typeCode(me.page, codeIn(await newest(channel, to)), me.js);
  await me.page.waitForURL(new RegExp(`${LIST}$`));
}

for (const lang of ["ru", "en"]) {
  for (const js of [true, false]) {
    play(`contacts, ${lang}, ${js ? "with" : "without"} JavaScript`, { lang, js, width: js ? 1280 : 320 }, async (me, t) => {
      const { page } = me;
      const seen = async (name) => {
        await t.test(name, async () => {
          me.problems.judging = true;
          if (js) none(await axe(page), "findings of axe");
          none(await smallTargets(page), "small targets");
          none(await atEveryWidth(page, `${name}-${lang}${js ? "" : "-nojs"}`), "scrolls sideways");
          me.problems.judging = false;
        });
      };
      const who = person({ latin: lang === "en" });
      const other = person();
      await register(me, who, { by: "phone" });

      await page.goto("/cabinet/security");
      await follow(page, () => page.locator(`a[href="${LIST}"]`).first().click());
      await seen("contacts-list");

      await follow(page, () => page.locator('a[href$="/add-email"]').click());
      await seen("contacts-add");
      await fill(page, { email: "not an address" });
      await send(page, "email");
      assert.equal(await page.locator('[name="email"][aria-invalid="true"]').inputValue(), "not an address");
      await seen("contacts-add-errors");
      await fill(page, { email: who.email });
      await send(page, "email");
      const letter = await newest("email", who.email);
      await typeCode(page, wrongCode(codeIn(letter)), js);
      assert.ok(await page.locator('[name="code"][aria-invalid="true"]').count(), "a wrong code is refused at its field");
      await seen("contacts-code-wrong");
      await confirm(me, "email", who.email, seen);
      assert.match(await page.locator("main").innerText(), new RegExp(who.email));
      await seen("contacts-two");
      assert.match((await newest("sms", who.phone, 1)).text, /\/undo\//, "the phone is told");

      await openContact(page, 0);
      await seen("contacts-one");
      await follow(page, () => page.locator('a[href*="/contacts/replace/"]').click());
      await seen("contacts-replace");
      const before = (await messages("sms", who.phone)).length;
      await fill(page, { phone: other.phone });
      await send(page, "phone");
      await confirm(me, "sms", other.phone);
      const text = await newest("sms", who.phone, before);

      // The owner, somewhere else, without signing in.
      const owner = await another({ lang, js });
      await owner.page.goto(linkIn(text));
      me.problems.judging = true;
      if (js) none(await axe(owner.page), "findings of axe");
      none(await atEveryWidth(owner.page, `contacts-undo-${lang}${js ? "" : "-nojs"}`), "scrolls sideways");
      me.problems.judging = false;
      await follow(owner.page, () => owner.page.locator("main form button").click());
      await owner.page.waitForURL(/\/recover/);
      await atEveryWidth(owner.page, `contacts-undone-${lang}${js ? "" : "-nojs"}`);
      await owner.page.goto(linkIn(text));
      await atEveryWidth(owner.page, `contacts-undo-used-${lang}${js ? "" : "-nojs"}`);
      await owner.context.close();

      await page.goto(LIST);
      assert.match(page.url(), /\/sign-in/, "every session has ended");
    });
  }
}

play("a number of somebody else: the way to say that it is mine now", {}, async (me, t) => {
  const owner = await another({});
  const rival = person();
  await register(owner, rival, { by: "phone" });
  await owner.context.close();
  await register(me, person(), { by: "email" });
  const { page } = me;
  const before = (await messages("sms", rival.phone)).length;
  await page.goto(`${LIST}/add-phone`);
  await fill(page, { phone: rival.phone });
  await send(page, "phone");
  await typeCode(page, codeIn(await newest("sms", rival.phone, before)), true);
  await page.waitForURL(/\/contacts\/taken/);
  await t.test("contacts-taken", async () => {
    me.problems.judging = true;
    none(await axe(page), "findings of axe");
    none(await atEveryWidth(page, "contacts-taken-ru"), "scrolls sideways");
    me.problems.judging = false;
  });
  await follow(page, () => page.locator('form[action$="/taken"] button').click());
  await page.waitForURL(new RegExp(`${LIST}$`));
  await openContact(page, 1);
  await follow(page, () => page.locator('button[value="remove"]').click());
  await page.waitForURL(new RegExp(`${LIST}$`));
  assert.equal(await page.locator(".session-row").count(), 1);
});

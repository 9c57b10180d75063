// The workplace from the first administrator on: an invitation, a person in need, a look with a reason, a code in the
// hand, a lock, a dead job; and what the person reads of it. Both languages, with and without scripts.

import assert from "node:assert/strict";
import { another, play } from "../harness/suite.mjs";
import { judge } from "../harness/judge.mjs";
import { act, arrive, join } from "../harness/desk.mjs";
import { fill, follow, register, send } from "../harness/flows.mjs";
import { tabTo, type } from "../harness/keys.mjs";
import { hasOathtool } from "../harness/otp.mjs";
import { command } from "../harness/processes.mjs";
import { linkIn, newest } from "../harness/stand.mjs";
import { NEW_PASSWORD, person } from "../harness/people.mjs";

const said = (page) => page.locator(".flash").innerText();

/** Looks for somebody from the form of the workplace. */
async function find({ page }, who, why, reason) {
  await page.goto("/admin/people");
  await fill(page, { who, reason });
  if (why) await page.locator(`[name="why"][value="${why}"]`).check();
  await send(page, "who");
}

/** The same with the keyboard alone, from the first page. */
async function findByKeys({ page }, who, reason) {
  await page.goto("/admin");
  await tabTo(page, 'a[href="/admin/people"]');
  await follow(page, () => page.keyboard.press("Enter"));
  await type(page, "who", who);
  await tabTo(page, '[name="why"]');
  await page.keyboard.press("Space");
  await type(page, "reason", reason);
  await tabTo(page, 'form[action="/admin/people/find"] button');
  await follow(page, () => page.keyboard.press("Enter"));
}

/** Invites two: one who will come, and one whose box does not exist. */
async function invite(boss, email, seen) {
  const { page } = boss;
  await page.goto("/admin/staff");
  await seen("staff");
  await fill(page, { email: "не почта" });
  await send(page, "email");
  assert.ok(await page.locator('[name="email"][aria-invalid="true"]').count(), "a wrong address is refused at its field");
  await seen("staff-errors");
  for (const to of [email, email.replace(/^[^@]+/, "nobody")]) {
    await page.goto("/admin/staff");
    await fill(page, { email: to });
    await page.locator('form[action="/admin/staff/invite"] [name="role"]').selectOption("support");
    await send(page, "email");
  }
  await seen("staff-invited");
}

/** Support helps somebody who cannot sign in; the code that is handed over. */
async function help(support, who, reason, seen) {
  const { page } = support;
  await page.goto("/admin/people");
  await seen("people");
  await find(support, "1", null, "коротко");
  assert.equal(await page.locator("main [aria-invalid=true]").count() >= 2, true, "every field says what it lacks");
  await seen("people-errors");
  await find(support, "+7 900 555-00-00", "request", reason);
  await seen("people-nobody");

  if (support.js) await findByKeys(support, who.phone, reason);
  else await find(support, who.phone, "request", reason);
  assert.match(page.url(), /\/admin\/people\/\w+$/);
  const card = await page.locator("main").innerText();
  assert.ok(card.includes(reason) && !card.includes(who.surname), "the card has the reason and no surname");
  await seen("card");
  const address = page.url();
  await follow(page, () => act(page, "/reveal").click());
  const digits = (await page.locator("main").innerText()).replaceAll(/\D/g, "");
  assert.ok(digits.includes(who.phone.slice(1)), "the phone is shown in full");
  await seen("card-full");
  await page.goto(address);
  await follow(page, () => act(page, "/end-sessions").click());
  await seen("card-no-sessions");
  await follow(page, () => act(page, "/issue-code").click());
  assert.equal(await page.locator(".paper-code").count(), 0, "without the tick there is no code");
  await seen("card-not-identified");
  await page.locator('[name="identified"]').check();
  await follow(page, () => act(page, "/issue-code").click());
  const code = await page.locator(".paper-code").innerText();
  await seen("card-code");
  await page.goto(address);
  assert.equal(await page.locator(".paper-code").count(), 0, "it is shown once");
  await follow(page, () => act(page, "/close").click());
  return code;
}

/** The person comes back with the code and reads who looked and why. */
async function comeBack(me, who, code, reason, seen) {
  const { page } = me;
  await page.goto("/cabinet");
  assert.match(page.url(), /\/sign-in/, "support ended the session");
  await page.goto("/recover/access-code");
  await fill(page, { login: who.phone, code });
  await send(page, "code");
  await fill(page, { password: NEW_PASSWORD, password_repeat: NEW_PASSWORD });
  await send(page, "password_repeat");
  await page.waitForURL(/\/cabinet/);
  await page.goto("/cabinet/security/journal?kind=staff");
  const journal = await page.locator("main").innerText();
  assert.ok(journal.includes(reason), "the reason stands in the person's journal");
  await seen("owner-journal");
}

/** The administrator closes the account and opens it again. */
async function lock(boss, me, who, seen) {
  const { page } = boss;
  await find(boss, who.phone, "fraud", boss.lang === "ru" ? "Обращение банка: вход с чужого устройства" : "The bank called: a sign-in from a stranger's device");
  await follow(page, () => act(page, "/lock").click());
  await seen("card-locked");
  await me.page.goto("/cabinet");
  assert.match(me.page.url(), /\/sign-in/, "a locked account is open nowhere");
  await follow(page, () => act(page, "/unlock").click());
  assert.ok(await act(page, "/lock").count(), "it is open again");
}

/** The letter that nobody takes became a dead job; it is run again. */
async function retry({ page }, seen) {
  await page.goto("/admin/jobs");
  for (let n = 0; n < 100 && !(await page.locator('form[action="/admin/jobs/retry"]').count()); n += 1) {
    await page.waitForTimeout(100);
    await page.reload();
  }
  const rows = await page.locator('form[action="/admin/jobs/retry"]').count();
  assert.ok(rows, "the job is dead");
  await seen("jobs");
  await follow(page, () => act(page, "/admin/jobs/retry").click());
  assert.ok(await said(page));
  await page.goto("/admin/jobs?state=done");
  await seen("jobs-done");
  await page.goto("/admin/jobs?state=waiting&kind=no.such.kind");
  await seen("jobs-none");
}

for (const lang of hasOathtool() ? ["ru", "en"] : []) {
  for (const js of [true, false]) {
    play(`the workplace, ${lang}, ${js ? "with" : "without"} scripts`, { lang, js }, async (me, t) => {
      const [chief, helper, who] = [person(), person(), person()];
      await register(me, who);
      const boss = await another({ lang, js });
      const seen = judge(boss, t, "admin");
      await arrive(boss, chief, linkIn({ text: command("create-admin") }), seen);
      await join(boss, seen);
      await boss.page.goto("/admin");
      await seen("overview");
      await invite(boss, helper.email, seen);

      const support = await another({ lang, js });
      await arrive(support, helper, linkIn(await newest("email", helper.email)));
      await join(support);
      assert.equal(await support.page.locator('a[href="/admin/staff"]').count(), 0, "support does not manage staff");
      await support.page.goto("/admin/configuration");
      await judge(support, t, "admin")("no-right");
      const reason = lang === "ru" ? "Пришла в отделение с паспортом, потеряла телефон" : "Came to the office with a passport, lost the phone";
      const code = await help(support, who, reason, judge(support, t, "admin"));
      await comeBack(me, who, code, reason, judge(me, t, "admin"));
      await lock(boss, me, who, seen);

      await retry(boss, seen);
      for (const place of ["connectors", "configuration", "journal", "log"]) {
        await boss.page.goto(`/admin/${place}`);
        await seen(place);
      }
      await boss.page.goto("/admin/staff");
      await seen("staff-two");
      await follow(boss.page, () => act(boss.page, "/admin/leave").click());
      assert.match(boss.page.url(), /\/cabinet$/);
      await boss.page.goto("/admin");
      assert.match(boss.page.url(), /\/admin\/enter/, "the workplace is closed");
      for (const one of [boss, support]) {
        assert.deepEqual([...one.problems], [], "the page did something it must not");
        await one.context.close();
      }
    });
  }
}

// «Мои данные»: sections as forms, each field checked while it is typed, nothing lost. Both languages, with and without
// JavaScript; every page judged at three sizes.

import assert from "node:assert/strict";
import { play } from "../harness/suite.mjs";
import { atEveryWidth, axe, none, smallTargets } from "../harness/checks.mjs";
import { fill, follow, register, send } from "../harness/flows.mjs";
import { judge } from "../harness/judge.mjs";
import { ended, endedByItself, fillIn, known } from "../harness/known.mjs";
import { person } from "../harness/people.mjs";

const PROFILE = "/cabinet/profile";

for (const lang of ["ru", "en"]) {
  for (const js of [true, false]) {
    play(`profile, ${lang}, ${js ? "with" : "without"} JavaScript`, { lang, js, width: js ? 1280 : 320 }, async (me, t) => {
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
      const section = async (word) => {
        await page.goto(PROFILE);
        await follow(page, () => page.locator(`a[href$="/section/${word}"]`).first().click());
      };
      const saved = async (field) => {
        await send(page, field);
        assert.equal(new URL(page.url()).pathname, PROFILE, await page.locator("main").innerText());
      };
      await register(me, person(), { by: "phone" });
      await page.goto("/cabinet");
      await follow(page, () => page.locator(`a[href="${PROFILE}"]`).first().click());
      await seen("profile-empty");

      await section("personal");
      await seen("profile-personal");
      if (js) await checkedWhileTyping(me);
      await fill(page, { birth_date: "31.02.1984", patronymic: "Ильинична", birth_place: "гор. Тверь" });
      await send(page, "surname");
      assert.equal(await page.locator('[name="birth_date"][aria-invalid="true"]').inputValue(), "31.02.1984");
      await seen("profile-personal-errors");
      await fill(page, { birth_date: "05.11.1984" });
      await page.locator('[name="sex"][value="f"]').check();
      await page.locator('[name="citizenship"][value="rus"]').check();
      await fill(page, { surname: "Лодкина", first_name: "Вера" });
      await saved("surname");

      await section("further");
      await fill(page, { driving_licence: "7712345678", military_id: "XX" });
      await send(page, "driving_licence");
      await page.locator('[name="military_id"][aria-invalid="true"]').waitFor();
      await seen("profile-further");
      await fill(page, { military_id: "АБ 1234567" });
      await saved("military_id");
      await section("document");
      await seen("profile-document");
      await page.locator('[name="document_kind"][value="passport_rf"]').check();
      await fill(page, {
        document_number: "2811123456",
        issued_on: "20.01.2005",
        issued_by: "ОВД «Центральный» г. Твери",
        division: "690001",
      });
      await saved("document_number");
      assert.ok(!(await page.content()).includes("123456"), "numbers are masked on the page of everything");

      await section("numbers");
      await fill(page, { snils: "112-233-445 95" });
      await seen("profile-numbers");
      await saved("snils");

      await section("registered");
      await fill(page, { registered_region: "Тверская область", registered_city: "г. Тверь", registered_house: "12" });
      await seen("profile-registered");
      await saved("registered_city");
      await section("residence");
      await seen("profile-residence");
      await page.locator('[name="same_address"]').check();
      await saved("same_address");
      await seen("profile-filled");
    });
  }
}

/** A field says what is wrong with it when one leaves it, is mended in place, and is kept without sending the form. */
async function checkedWhileTyping(me) {
  const { page } = me;
  const answered = () => page.waitForResponse((answer) => answer.url().endsWith("/cabinet/profile/check"));
  const date = page.locator('[name="birth_date"]');
  let [answer] = await Promise.all([answered(), date.fill("5.11.2084").then(() => date.blur())]);
  assert.ok((await answer.json()).error, "a birth in the future");
  await page.locator("#birth_date-error").waitFor();
  assert.equal(await date.getAttribute("aria-invalid"), "true");
  assert.match(await date.getAttribute("aria-describedby"), /birth_date-error/);
  me.problems.judging = true;
  none(await axe(page), "findings of axe");
  [answer] = await Promise.all([answered(), date.fill("5.11.1984").then(() => date.blur())]);
  await page.locator("#birth_date-error").waitFor({ state: "detached" });
  assert.equal(await date.inputValue(), "05.11.1984", "it is shown as it will be read");
  await page.reload();
  assert.equal(await date.inputValue(), "05.11.1984", "kept without sending the form");
  me.problems.judging = false; // what axe did to the page is told late
}

for (const [lang, js] of [["ru", true], ["en", false]]) {
  play(`from the profile to the standard account, ${lang}, ${js ? "with" : "without"} JavaScript`, { lang, js }, async (me, t) => {
    const seen = judge(me, t, "checks");
    const { page } = me;
    await register(me, person(), { by: "phone" });
    await fillIn(page, await known("match", js ? 0 : 1));
    await seen("ready");
    await follow(page, () => page.locator('form[action="/cabinet/profile/send"] button').click());
    await seen("open");
    if (js) await endedByItself(page);
    else await ended(page);
    await seen("passed");
    await page.goto("/cabinet");
    await seen("ladder");
    assert.equal(await page.locator('a[href="/cabinet/profile"].button').count(), 0, "the cabinet asks for it no more");
  });

  play(`a value that a register doubts, ${lang}, ${js ? "with" : "without"} JavaScript`, { lang, js }, async (me, t) => {
    const seen = judge(me, t, "checks");
    const { page } = me;
    await register(me, person(), { by: "phone" });
    await fillIn(page, await known("mismatch_birth_date", js ? 0 : 1));
    await follow(page, () => page.locator('form[action="/cabinet/profile/send"] button').click());
    await ended(page);
    assert.ok(await page.locator('section[aria-labelledby=sending] a[href$="/section/personal"]').count(), "the field is named");
    await seen("doubted");
  });
}

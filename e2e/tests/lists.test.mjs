// Children and vehicles of «Мои данные», two windows at work on one section, confirmed values that are not shown whole.

import assert from "node:assert/strict";
import { play } from "../harness/suite.mjs";
import { atEveryWidth, axe, none, smallTargets } from "../harness/checks.mjs";
import { fill, follow, register, send } from "../harness/flows.mjs";
import { known, fillIn, endedByItself, ended } from "../harness/known.mjs";
import { person } from "../harness/people.mjs";

const PROFILE = "/cabinet/profile";
const NUMBERS = `${PROFILE}/section/numbers`;

/** Looks at the page that is open: axe, targets, three widths. */
function looker(me, t) {
  return async (name) => {
    await t.test(name, async () => {
      me.problems.judging = true;
      if (me.js) none(await axe(me.page), "findings of axe");
      none(await smallTargets(me.page), "small targets");
      none(await atEveryWidth(me.page, `lists-${name}-${me.lang}${me.js ? "" : "-nojs"}`), "scrolls sideways");
      me.problems.judging = false;
    });
  };
}

for (const lang of ["ru", "en"]) {
  for (const js of [true, false]) {
    play(`lists, ${lang}, ${js ? "with" : "without"} JavaScript`, { lang, js, width: js ? 1280 : 320 }, async (me, t) => {
      const { page } = me;
      const seen = looker(me, t);
      const add = async (list) => {
        await page.goto(PROFILE);
        await follow(page, () => page.locator(`a[href="${PROFILE}/add/${list}"]`).first().click());
        await page.waitForURL(new RegExp(`/list/${list}/itm_`));
      };
      const saved = async (field) => {
        await send(page, field);
        assert.equal(new URL(page.url()).pathname, PROFILE, await page.locator("main").innerText());
      };
      await register(me, person(), { by: "phone" });
      await add("children");
      await seen("child");
      await fill(page, { child_surname: "Лодкина", child_first_name: "Анна", child_birth_date: "12.04.2015", child_certificate: "2-МЮ 123456" });
      await send(page, "child_surname");
      assert.equal(await page.locator('[name="child_certificate"][aria-invalid="true"]').inputValue(), "2-МЮ 123456");
      await seen("child-errors");
      await page.goto(PROFILE);
      await seen("child-unfinished");
      await follow(page, () => page.locator('section[aria-labelledby=children] a[href*="/list/children/"]').first().click());
      if (js) await checkedWhileTyping(page);
      await fill(page, { child_certificate: "ii мю 123456", child_issued_on: "20.04.2015", child_issued_by: "Отдел ЗАГС администрации г. Твери" });
      await page.locator('[name="child_sex"][value="f"]').check();
      await page.locator('[name="child_no_patronymic"]').check();
      await saved("child_surname");
      await add("vehicles");
      await fill(page, { vehicle_name: "Семейная машина" });
      await send(page, "plate");
      await page.locator('[name="plate"][aria-invalid="true"]').waitFor();
      await seen("vehicle-errors");
      await fill(page, { plate: "a123bc77", vin: "XTA210990Y2765499" });
      await saved("plate");
      await seen("filled");
      assert.ok(!(await page.content()).includes("123456"), "numbers are masked");
      await follow(page, () => page.locator('a[href$="/remove"]').first().click());
      await seen("remove");
      await follow(page, () => page.locator('form[action$="/remove"] button').click());
      assert.equal(await page.locator("section[aria-labelledby=children]").count(), 0);
    });

    play(`two windows, ${lang}, ${js ? "with" : "without"} JavaScript`, { lang, js }, async (me, t) => {
      const { page } = me;
      const seen = looker(me, t);
      await register(me, person(), { by: "phone" });
      await page.goto(NUMBERS);
      const other = await page.context().newPage();
      await other.goto(NUMBERS);
      await fill(other, { snils: "112-233-445 95" });
      await send(other, "snils");
      await other.close();
      await fill(page, { snils: "861-552-684 26", inn: "522190713825" });
      if (js) await page.locator("#snils-error").waitFor();
      else await send(page, "snils");
      assert.match(await page.locator("#snils-error").innerText(), /112-233-445 95/);
      assert.equal(await page.locator('[name="snils"]').inputValue(), "861-552-684 26", "nothing typed is lost");
      await seen("two-windows");
      await send(page, "snils");
      assert.equal(new URL(page.url()).pathname, PROFILE, await page.locator("main").innerText());
      await page.goto(NUMBERS);
      assert.equal(await page.locator('[name="snils"]').inputValue(), "861-552-684 26", "the person decided");
    });
  }
}

/** A field of an entry says what is wrong with it when one leaves it, and is kept without sending the form. */
async function checkedWhileTyping(page) {
  const answered = () => page.waitForResponse((answer) => answer.url().endsWith("/check"));
  const date = page.locator('[name="child_issued_on"]');
  const [answer] = await Promise.all([answered(), date.fill("11.04.2015").then(() => date.blur())]);
  assert.ok((await answer.json()).error, "issued before the birth");
  await page.locator("#child_issued_on-error").waitFor();
  await page.reload();
  assert.equal(await date.inputValue(), "11.04.2015", "kept without sending the form");
}

for (const [lang, js] of [["ru", true], ["en", false]]) {
  play(`confirmed values are hidden, ${lang}, ${js ? "with" : "without"} JavaScript`, { lang, js }, async (me, t) => {
    const { page } = me;
    const seen = looker(me, t);
    await register(me, person(), { by: "phone" });
    const values = await known("match", js ? 2 : 3);
    await fillIn(page, values);
    await follow(page, () => page.locator('form[action="/cabinet/profile/send"] button').click());
    if (js) await endedByItself(page);
    else await ended(page);
    await page.goto(NUMBERS);
    assert.equal(await page.locator('[name="snils"]').count(), 0, "nothing to read off the screen");
    await seen("held");
    await page.goto(`${PROFILE}/section/personal`);
    await seen("held-personal");
    await follow(page, () => page.locator('a[href$="/personal/open"]').click());
    assert.equal(await page.locator('[name="surname"]').inputValue(), values.surname, "shown to who signed in just now");
    await seen("shown");
  });
}

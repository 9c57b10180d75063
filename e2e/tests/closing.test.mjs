// Taking a copy of one's data, deleting the account, coming back: both languages, with and without scripts.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { play } from "../harness/suite.mjs";
import { judge } from "../harness/judge.mjs";
import { fill, follow, register, send, sender, signIn, wrongCode } from "../harness/flows.mjs";
import { codeIn, messages, newest } from "../harness/stand.mjs";
import { person } from "../harness/people.mjs";

const DATA = "/cabinet/security/data";
const DELETE = "/cabinet/security/delete";

for (const lang of ["ru", "en"]) {
  for (const js of [true, false]) {
    play(`a copy, deletion and coming back, ${lang}, ${js ? "with" : "without"} scripts`, { lang, js }, async (me, t) => {
      const seen = judge(me, t, "closing");
      const { page } = me;
      const who = person();
      await register(me, who);
      await page.goto("/cabinet/security");
      await follow(page, () => page.locator(`a[href="${DATA}"]`).click());
      await seen("data");

      const [file] = await Promise.all([page.waitForEvent("download"), page.locator(`form[action="${DATA}"] button`).click()]);
      assert.equal(file.suggestedFilename(), "pristan-data.json");
      const copy = readFileSync(await file.path(), "utf8");
      assert.doesNotThrow(() => JSON.parse(copy));
      assert.ok(copy.includes(who.phone) && copy.includes(who.surname), "the copy has what the person gave");
      assert.ok(!copy.includes(who.password) && !copy.includes("argon2"), "and no password in any form");

      await page.goto(DATA);
      await follow(page, () => page.locator(`a[href="${DELETE}"]`).click());
      await seen("delete");
      const before = (await messages("sms", who.phone)).length;
      await follow(page, () => sender(page, "channel").click());
      const code = codeIn(await newest("sms", who.phone, before));
      await seen("delete-code");

      await fill(page, { code, current_password: "Ne-tot-parol-1!" });
      await send(page, "current_password");
      assert.ok(await page.locator('[name="current_password"][aria-invalid="true"]').count(), "a wrong password is refused at its field");
      await seen("delete-password-wrong");
      await fill(page, { code: wrongCode(code), current_password: who.password });
      await send(page, "current_password");
      assert.ok(await page.locator('[name="code"][aria-invalid="true"]').count(), "a wrong code is refused at its field");
      await seen("delete-code-wrong");
      await page.goto("/cabinet");
      assert.match(page.url(), /\/cabinet$/, "nothing was deleted by mistakes");

      await page.goto(DELETE);
      await fill(page, { code, current_password: who.password });
      await send(page, "current_password");
      assert.match(page.url(), /\/goodbye$/);
      await seen("goodbye");
      await page.goto("/cabinet");
      assert.match(page.url(), /\/sign-in/, "signed out everywhere");

      await signIn(me, who.phone, who.password);
      await seen("back");
      await page.goto("/cabinet/security/journal");
      const journal = await page.locator("main").innerText();
      const told = lang === "ru" ? [/Запрошено удаление/, /Удаление отменено/, /Копия данных скачана/] : [/eletion/, /copy/i];
      for (const words of told) assert.match(journal, words);
      await seen("journal");
    });
  }
}

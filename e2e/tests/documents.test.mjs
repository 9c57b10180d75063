// Scans of documents: with JavaScript by pieces that go on after a broken connection, without it by an ordinary form.

import assert from "node:assert/strict";
import { play } from "../harness/suite.mjs";
import { follow, register } from "../harness/flows.mjs";
import { judge } from "../harness/judge.mjs";
import { noise, picture } from "../harness/pictures.mjs";
import { person } from "../harness/people.mjs";

const PAGE = "/cabinet/documents";

for (const lang of ["ru", "en"]) {
  for (const js of [true, false]) {
    play(`scans, ${lang}, ${js ? "with" : "without"} JavaScript`, { lang, js, width: js ? 1280 : 320 }, async (me, t) => {
      const { page } = me;
      const seen = judge(me, t, `documents-${lang}${js ? "" : "-nojs"}`);
      const choose = (slot, name, buffer, mimeType = "image/jpeg") =>
        page.locator(`#file-${slot}`).setInputFiles({ name, mimeType, buffer });
      const upload = (slot) => follow(page, () => page.locator(`#place-${slot} form[enctype] button`).click());
      const card = (slot) => page.locator(`#place-${slot} .scan`).first();

      await register(me, person(), { by: "phone" });
      await page.goto("/cabinet/profile");
      await follow(page, () => page.locator(`a[href="${PAGE}"]`).click());
      await seen("empty");

      await upload("main");
      await page.locator("#file-main[aria-invalid]").waitFor();
      await seen("nothing-chosen");

      await choose("main", "notes.txt", Buffer.from("not a picture at all"), "text/plain");
      await upload("main");
      await card("main").locator(".tag--danger").waitFor();
      assert.equal(await page.locator("[data-error-summary]").count(), 0, "what was wrong before is mended");
      await seen("refused");

      await choose("main", "разворот.jpg", await picture(page, "MAIN"));
      await upload("main");
      assert.equal(await page.locator("#place-main .scan").count(), 1, "the refusal gave way to the good one");
      await card("main").locator("img").waitFor();
      assert.ok(await card("main").locator("img").evaluate((image) => image.complete && image.naturalWidth > 100));

      await choose("registration", "blurred.jpg", await picture(page, "REGISTRATION", { blur: 9 }));
      await upload("registration");
      await card("registration").locator(".tag--warning").waitFor();
      await seen("kept");

      const link = await card("main").locator("a").first().getAttribute("href");
      const file = await page.request.get(link);
      assert.equal(file.headers()["content-type"], "image/jpeg");
      await follow(page, () => card("main").locator("form button").click());
      assert.equal(await page.locator("#place-main .scan").count(), 0);
      assert.equal((await page.request.get(link)).status(), 404);
    });
  }
}

play("an upload goes on after the connection broke", { lang: "ru", js: true, width: 768 }, async (me) => {
  const { page } = me;
  await register(me, person(), { by: "phone" });
  await page.goto(PAGE);
  // Pixels of chance make the file large enough for several pieces.
  const noisy = await noise(page);
  assert.ok(noisy.length > 600 * 1024, `several pieces: ${noisy.length}`);
  let patches = 0;
  await page.route("**/cabinet/documents/uploads/*", async (route) => {
    if (route.request().method() === "PATCH" && ++patches === 2) return route.abort("connectionreset");
    return route.continue();
  });
  await page.locator("#file-main").setInputFiles({ name: "noisy.jpg", mimeType: "image/jpeg", buffer: noisy });
  await follow(page, () => page.locator("#place-main form[enctype] button").click());
  await page.locator("#place-main .scan img").waitFor();
  assert.ok(patches >= 3, "it went on with the piece that broke");
  const planned = (problem) => problem.includes("ERR_CONNECTION_RESET");
  assert.ok(me.problems.some(planned), "the connection did break");
  me.problems.splice(0, me.problems.length, ...me.problems.filter((problem) => !planned(problem)));
});

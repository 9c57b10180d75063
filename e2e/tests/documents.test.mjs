// Scans of documents: with JavaScript by pieces that go on after a broken connection, without it by an ordinary form.

import assert from "node:assert/strict";
import { play } from "../harness/suite.mjs";
import { follow, register } from "../harness/flows.mjs";
import { judge } from "../harness/judge.mjs";
import { person } from "../harness/people.mjs";

const PAGE = "/cabinet/documents";

/** A page with print on it, as a camera would take it: lines of text on paper, on a dark table. */
async function picture(page, words, { blur = 0, width = 1500, height = 1100 } = {}) {
  const other = await page.context().newPage();
  await other.setViewportSize({ width, height });
  const lines = Array.from({ length: 18 }, (_, row) => `<p>${words} ${row} Lorem ipsum dolor sit amet 0123456789</p>`).join("");
  await other.setContent(`<body style="margin:0;background:#43382e"><div style="margin:120px 160px;padding:40px;background:#e6e0d4;filter:blur(${blur}px);font:26px monospace;height:780px;overflow:hidden">${lines}</div>`);
  const bytes = await other.screenshot({ type: "jpeg", quality: 88 });
  await other.close();
  return bytes;
}

/** A picture of chance, which packs badly. */
async function noise(page) {
  const other = await page.context().newPage();
  const bytes = await other.evaluate(async () => {
    const canvas = new OffscreenCanvas(1500, 1200);
    const pen = canvas.getContext("2d");
    const data = pen.createImageData(1500, 1200);
    let dice = 1;
    for (let at = 0; at < data.data.length; at += 4) {
      for (let colour = 0; colour < 3; colour++) {
        dice = (Math.imul(dice, 1103515245) + 12345) & 0x7fffffff;
        data.data[at + colour] = 90 + ((dice >> 16) % 90);
      }
      data.data[at + 3] = 255;
    }
    pen.putImageData(data, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  await other.close();
  return Buffer.from(bytes);
}

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

// The journal: everybody's page and the owner's, in both languages, with and without JavaScript; files and proofs.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { play } from "../harness/suite.mjs";
import { atEveryWidth, axe, none, smallTargets } from "../harness/checks.mjs";
import { fill, register, send, sender } from "../harness/flows.mjs";
import { person } from "../harness/people.mjs";
import { binary } from "../harness/processes.mjs";

const JOURNAL = "/cabinet/security/journal";

/** Signs a head now: the hour is too long for a test. */
function publish() {
  const url = process.env.E2E_PORTAL;
  const environment = { ...process.env, PRISTAN_DEMO: "1", PRISTAN_DATA_DIR: process.env.E2E_DATA, PRISTAN_PUBLIC_URL: url, PRISTAN_STAND_URL: process.env.E2E_STAND };
  return execFileSync(binary(), ["admin", "audit", "publish"], { env: environment, encoding: "utf8" });
}

async function judge(me, t, name) {
  // The judges are scripts themselves.
  if (!me.js) return;
  await t.test(name, async () => {
    me.problems.judging = true;
    none(await axe(me.page), "findings of axe");
    none(await smallTargets(me.page), "small targets");
    none(await atEveryWidth(me.page, name), "scrolls sideways");
    me.problems.judging = false;
  });
}

/** Presses a button that gives a file; where it was kept. */
async function download(page, button) {
  const [file] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return file.path();
}

for (const [lang, js] of [["ru", true], ["en", true], ["en", false]]) {
  play(`the journal, ${lang}, ${js ? "with" : "without"} JavaScript`, { lang, js }, async (me, t) => {
    const { page } = me;
    const who = person();
    await register(me, who);
    await page.goto("/cabinet/security");
    assert.ok(await page.locator(`a[href="${JOURNAL}"]`).count(), "the security page leads to the journal");
    await page.goto(JOURNAL);
    assert.ok((await page.locator(".journal-event").count()) >= 1);
    assert.equal(await page.locator('input[name="event"]').count(), 0, "nothing can be proven before a head is signed");
    await judge(me, t, `journal-${lang}-new`);
    publish();
    await page.goto(JOURNAL);
    await judge(me, t, `journal-${lang}`);

    await page.goto(`${JOURNAL}?kind=contacts&from=31.02.2026`);
    assert.equal(await page.locator("#from").getAttribute("aria-invalid"), "true");
    assert.equal(await page.locator("#from").inputValue(), "31.02.2026");
    await judge(me, t, `journal-${lang}-errors`);
    await fill(page, { from: "" });
    await send(page, "from");
    assert.equal(await page.locator(".journal-event").count(), 0);
    await judge(me, t, `journal-${lang}-empty`);

    await page.goto(JOURNAL);
    const table = readFileSync(await download(page, page.locator('form[action$="/csv"] button')), "utf8");
    assert.ok(table.startsWith("\ufeff\""), "a table with its mark");
    const proof = await download(page, sender(page, "event"));
    const keys = join(process.env.E2E_DATA, `keys-${lang}-${js}.txt`);
    writeFileSync(keys, await (await page.request.get("/journal/keys")).text());
    const told = execFileSync(binary(), ["journal", "check", proof, "--key", keys], { encoding: "utf8" });
    assert.ok(told.startsWith("PROVEN") && told.includes("a key that you gave"), told);
    const forged = join(process.env.E2E_DATA, `forged-${lang}-${js}.json`);
    writeFileSync(forged, readFileSync(proof, "utf8").replace(/\\"n\\":(\d+)/, '\\"n\\":7$1'));
    assert.throws(() => execFileSync(binary(), ["journal", "check", forged, "--key", keys], { stdio: "pipe" }), /NOT PROVEN/);

    await page.goto("/journal");
    assert.ok(await page.locator("tbody tr").count(), "a head is shown");
    await judge(me, t, `journal-${lang}-public`);
  });
}

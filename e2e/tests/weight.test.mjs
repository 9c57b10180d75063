// How heavy a first visit is: bytes over the wire with an empty cache, compressed.

import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { another, play } from "../harness/suite.mjs";
import { register } from "../harness/flows.mjs";
import { person } from "../harness/people.mjs";

const KIB = 1024;
/** Budgets of docs/ARCHITECTURE.md's front: a page cold, its styles, its scripts (compressed). */
const BUDGET = { all: 100 * KIB, css: 15 * KIB, js: 15 * KIB };

/** Debug builds serve assets from the disk as they are; a release serves them compressed. Both are weighed compressed. */
async function weigh(me, path) {
  const sizes = { all: 0, css: 0, js: 0 };
  const waiting = [];
  me.page.on("response", (response) => waiting.push(add(response, sizes)));
  await me.page.goto(path, { waitUntil: "networkidle" });
  await Promise.all(waiting);
  return sizes;
}

async function add(response, sizes) {
  if (response.status() >= 300) return;
  const body = await response.body();
  const packed = gzipSync(body, { level: 9 });
  // Pictures do not shrink, and are not compressed by the portal either.
  const size = Math.min(packed.length, body.length);
  const kind = response.request().resourceType();
  sizes.all += size;
  if (kind === "stylesheet") sizes.css += size;
  if (kind === "script") sizes.js += size;
}

function withinBudget(path, sizes) {
  for (const [what, most] of Object.entries(BUDGET)) {
    assert.ok(sizes[what] <= most, `${path}: ${what} weighs ${sizes[what]} bytes, ${most} allowed`);
  }
  assert.ok(sizes.css > 0, "no style sheet came");
}

for (const path of ["/", "/register", "/sign-in", "/recover", "/help"]) {
  play(`${path} is light`, {}, async (me) => withinBudget(path, await weigh(me, path)));
}

play("the cabinet is light", {}, async (me) => {
  await register(me, person());
  // The same person in a browser with an empty cache.
  const cold = await another({});
  await cold.context.addCookies(await me.context.cookies());
  withinBudget("/cabinet", await weigh(cold, "/cabinet"));
  await cold.context.close();
});

// How heavy a first visit is: bytes over the wire with an empty cache.

import assert from "node:assert/strict";
import { play } from "../harness/suite.mjs";
import { register } from "../harness/flows.mjs";
import { person } from "../harness/people.mjs";

const KIB = 1024;
/** Budgets of docs/ARCHITECTURE.md's front: a page cold, its styles, its scripts (compressed). */
const BUDGET = { all: 100 * KIB, css: 15 * KIB, js: 15 * KIB };

async function weigh(me, path) {
  const session = await me.context.newCDPSession(me.page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  const types = new Map();
  const sizes = { all: 0, css: 0, js: 0 };
  session.on("Network.responseReceived", ({ requestId, type }) => types.set(requestId, type));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    sizes.all += encodedDataLength;
    if (types.get(requestId) === "Stylesheet") sizes.css += encodedDataLength;
    if (types.get(requestId) === "Script") sizes.js += encodedDataLength;
  });
  await me.page.goto(path, { waitUntil: "networkidle" });
  await session.detach();
  return sizes;
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
  withinBudget("/cabinet", await weigh(me, "/cabinet"));
});

// One browser a test file, one watched visitor a test; a test fails when its page did anything it must not.

import { after, before, test } from "node:test";
import { launch, visitor } from "./browser.mjs";
import { none } from "./checks.mjs";
import { choose } from "./flows.mjs";

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

/** A test with a fresh visitor; `options` as for `visitor`. */
export function play(name, options, body) {
  test(name, { timeout: 300_000 }, async (t) => {
    const one = await visitor(browser, options);
    await choose(one);
    try {
      await body(one, t);
      none([...one.problems], "the page did something it must not");
    } finally {
      await one.context.close();
    }
  });
}

/** Another visitor inside a test. */
export async function another(options) {
  const one = await visitor(browser, options);
  await choose(one);
  return one;
}

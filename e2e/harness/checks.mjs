// What every page must keep, in every state.

import assert from "node:assert/strict";
import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { outFolder } from "./processes.mjs";
import { WIDTHS } from "./browser.mjs";

const require = createRequire(import.meta.url);
const AXE = readFileSync(join(dirname(require.resolve("axe-core/package.json")), "axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Fails with a readable list unless there is nothing on it. */
export function none(list, what) {
  if (list.length === 0) return;
  assert.fail(`${what}: ${list.length}\n  ${[...new Set(list)].slice(0, 8).join("\n  ")}`);
}

/** axe's findings, one line each; needs JavaScript in the page. */
export async function axe(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`));
}

/** Elements that stick out to the right, when the page scrolls sideways. */
export async function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const seen = { contentVisibilityAuto: true, visibilityProperty: true };
    const wide = [...document.body.querySelectorAll("*")].filter(
      (one) => one.checkVisibility(seen) && one.getBoundingClientRect().right > width + 0.5,
    );
    return [`scrolls to ${document.documentElement.scrollWidth}`, ...wide.slice(0, 5).map((one) => one.outerHTML.slice(0, 120))];
  });
}

/** Targets that a finger cannot hit: under 24 px, unless inside a sentence (WCAG 2.2, 2.5.8). */
export async function smallTargets(page) {
  return page.evaluate(() => {
    const targets = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")];
    return targets
      .filter((one) => {
        const box = one.getBoundingClientRect();
        // One pixel is how things for screen readers and password managers are hidden.
        if (box.width <= 1 || box.height <= 1 || getComputedStyle(one).display === "inline") return false;
        if (one.closest("label") || (one.labels && one.labels.length > 0)) return false;
        return box.width < 24 || box.height < 24;
      })
      .map((one) => `${one.outerHTML.slice(0, 100)} ${JSON.stringify(one.getBoundingClientRect())}`);
  });
}

/** What overflows at each width; and, unless told otherwise, a picture of the whole page there, in e2e/out. `pictures`
 *  may name the widths: a picture takes longer than everything else together. */
export async function atEveryWidth(page, name, { pictures = true } = {}) {
  const wanted = (width) => (Array.isArray(pictures) ? pictures.includes(width) : pictures);
  const before = page.viewportSize();
  const found = [];
  mkdirSync(outFolder, { recursive: true });
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    found.push(...(await overflow(page)).map((line) => `${width} px: ${line}`));
    if (wanted(width)) await page.screenshot({ path: join(outFolder, `${name}-${width}.png`), fullPage: true });
  }
  await page.setViewportSize(before);
  return found;
}

// A page used with the keyboard alone: the focus is always to be seen and never caught.

import assert from "node:assert/strict";

/** Tabs on before a person would give up. */
const MOST_TABS = 80;

/** Presses Tab until the focus is on what matches; each stop on the way must be visible. */
export async function tabTo(page, selector) {
  for (let n = 0; n < MOST_TABS; n += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate((wanted) => {
      const one = document.activeElement;
      const style = getComputedStyle(one);
      const marked = (parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== "none") || style.boxShadow !== "none";
      const box = one.getBoundingClientRect();
      return { there: one.matches(wanted), page: one === document.body, marked, visible: box.width > 0 && box.height > 0, html: one.outerHTML.slice(0, 120) };
    }, selector);
    if (!stop.page) {
      assert.ok(stop.visible, `the focus is on something that cannot be seen: ${stop.html}`);
      assert.ok(stop.marked, `the focus has no mark: ${stop.html}`);
    }
    if (stop.there) return;
  }
  assert.fail(`Tab does not reach ${selector}`);
}

/** Reaches a field and types into it. */
export async function type(page, field, text) {
  await tabTo(page, `[name="${field}"]`);
  await page.keyboard.type(text);
}

// One look at a page: axe, targets, three widths.

import { atEveryWidth, axe, none, smallTargets } from "./checks.mjs";

/** A judge of a visitor's pages: `seen(name)` looks at the page that is open. Pictures are called `<group>-<name>-<kind>`. */
export function judge(me, t, group) {
  return async (name) => {
    const kind = `${me.lang}-${me.js ? "js" : "plain"}`;
    await t.test(`${name}, ${kind}`, async () => {
      me.problems.judging = true;
      // axe runs inside the page, so the page must be one with scripts; the markup is the same without them.
      if (me.js) none(await axe(me.page), "findings of axe");
      none(await smallTargets(me.page), "small targets");
      none(await atEveryWidth(me.page, `${group}-${name}-${kind}`, { pictures: me.js ? [320, 1280] : false }), "scrolls sideways");
      me.problems.judging = false;
    });
  };
}

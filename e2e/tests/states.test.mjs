// Every page in every state: no finding of axe, nothing scrolls sideways at three sizes, in three looks and both languages.

import { play } from "../harness/suite.mjs";
import { atEveryWidth, axe, none, smallTargets } from "../harness/checks.mjs";
import { fill, recover, register, send, signIn, signOut } from "../harness/flows.mjs";
import { person } from "../harness/people.mjs";

/** Pictures cost time: in all looks only when asked for. */
const ALL_PICTURES = process.env.E2E_PICTURES === "all";

const PUBLIC = ["/", "/help", "/legal/terms", "/legal/data", "/offline", "/dev/components", "/there-is-no-such-page"];

for (const lang of ["ru", "en"]) {
  for (const look of ["light", "dark", "large"]) {
    const judge = (me, t) => async (name) => {
      await t.test(`${name}`, async () => {
        me.problems.judging = true;
        none(await axe(me.page), "findings of axe");
        none(await smallTargets(me.page), "small targets");
        none(await atEveryWidth(me.page, `${name}-${lang}-${look}`, { pictures: look === "light" || ALL_PICTURES }), "scrolls sideways");
        me.problems.judging = false;
      });
    };

    play(`public pages, ${lang}, ${look}`, { lang, look }, async (me, t) => {
      for (const path of PUBLIC) {
        await me.page.goto(path);
        await judge(me, t)(path === "/" ? "home" : path.slice(1).replaceAll("/", "-"));
      }
    });

    play(`the account from beginning to end, ${lang}, ${look}`, { lang, look }, async (me, t) => {
      const seen = judge(me, t);
      const who = person();
      await register(me, who, { mistakes: true, seen });
      await me.page.goto("/cabinet/security");
      await seen("cabinet-security");
      await signOut(me);
      await seen("signed-out");
      await signIn(me, who.phone, who.password, { mistakes: true, seen });
      await signOut(me);
      await recover(me, who, { mistakes: true, seen });
    });

    play(`too many wrong passwords, ${lang}, ${look}`, { lang, look }, async (me, t) => {
      const { page } = me;
      await page.goto("/sign-in");
      for (let n = 0; n < 6; n += 1) {
        await fill(page, { login: person().phone.replace(/\d{7}$/, "0000042"), password: `Ne-tot-${n}-raz!A` });
        await send(page, "password");
      }
      await judge(me, t)("sign-in-challenge");
    });
  }
}

play("the code by e-mail has its own page", {}, async (me, t) => {
  me.problems.judging = true;
  await register(me, person(), {
    by: "email",
    mistakes: true,
    seen: async (name) => t.test(name, async () => none(await axe(me.page), "findings of axe")),
  });
});

for (const lang of ["ru", "en"]) {
  play(`the stand's page, ${lang}`, { lang, base: process.env.E2E_STAND }, async (me) => {
    await me.page.goto(`/?lang=${lang}`);
    me.problems.judging = true;
    none(await axe(me.page), "findings of axe");
    none(await atEveryWidth(me.page, `stand-${lang}`), "scrolls sideways");
  });
}

// The notification centre: feed, settings, browsers. Both languages, with and without JavaScript; live where there is a
// script; every page judged at three sizes.

import assert from "node:assert/strict";
import { play } from "../harness/suite.mjs";
import { atEveryWidth, axe, none, smallTargets } from "../harness/checks.mjs";
import { fill, follow, register, send } from "../harness/flows.mjs";
import { person } from "../harness/people.mjs";

const FEED = "/cabinet/notifications";
const SETTINGS = `${FEED}/settings`;
const BROWSERS = `${FEED}/browsers`;
const OTHER = "Prichal-2027!y";
/** A point of P-256 and a secret: the example of RFC 8291. */
const KEYS = {
  p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
  auth: "BTBZMqHH6r4Tts7J_aSIgg",
};

/** Changes the password: a message about safety follows. */
async function changePassword(page, who) {
  await page.goto("/cabinet/security/password");
  await fill(page, { current_password: who.password, password: OTHER, password_repeat: OTHER });
  await send(page, "password_repeat");
  assert.equal(new URL(page.url()).pathname, "/cabinet/security", await page.locator("main").innerText());
}

/** Waits until the page, opened again and again, has this. Without a script that is what a person does. */
async function untilThere(page, selector) {
  for (let turn = 0; turn < 40; turn += 1) {
    if (await page.locator(selector).count()) return;
    await page.reload();
  }
  assert.fail(`${selector} did not come: ${await page.locator("main").innerText()}`);
}

for (const lang of ["ru", "en"]) {
  for (const js of [true, false]) {
    const options = { lang, js, width: js ? 1280 : 320 };
    play(`notifications, ${lang}, ${js ? "with" : "without"} JavaScript`, options, async (me, t) => {
      const { page } = me;
      const seen = async (name) => {
        await t.test(name, async () => {
          me.problems.judging = true;
          if (js) none(await axe(page), "findings of axe");
          none(await smallTargets(page), "small targets");
          none(await atEveryWidth(page, `${name}-${lang}${js ? "" : "-nojs"}`), "scrolls sideways");
          me.problems.judging = false;
        });
      };
      const who = person();
      await register(me, who, { by: "phone" });
      await follow(page, () => page.locator(`.bell`).click());
      assert.equal(new URL(page.url()).pathname, FEED);
      await seen("feed-empty");

      await changePassword(page, who);
      await page.goto(FEED);
      await untilThere(page, ".notice-row--new");
      await untilThere(page, ".notice-sent li");
      assert.equal((await page.locator(".bell-count").innerText()).trim(), "1");
      await seen("feed-new");
      await follow(page, () => page.locator('form[action$="/read"] button').first().click());
      assert.equal(await page.locator(".notice-row--new, .bell-count").count(), 0);
      await seen("feed-read");

      await page.goto(SETTINGS);
      assert.ok(await page.locator('[name="checks-sms"]').isChecked(), "who has a phone alone is told by it");
      await seen("settings");
      await page.locator('[name="news-email"]').check();
      await page.locator('[name="quiet"]').check();
      await fill(page, { from: "25:00" });
      await send(page, "from");
      assert.equal(await page.locator('[name="from"][aria-invalid="true"]').inputValue(), "25:00");
      await seen("settings-errors");
      await fill(page, { from: "23:00" });
      await page.locator('[name="zone"]').selectOption("Asia/Omsk");
      await send(page, "from");
      assert.ok(await page.locator('[name="news-email"]').isChecked());
      assert.equal(await page.locator('[name="from"]').inputValue(), "23:00");
      await seen("settings-saved");

      await page.goto(BROWSERS);
      await seen("browsers");
      if (!js) assert.ok(!(await page.locator("[data-push]").isVisible()), "without a script there is no dead button");
    });
  }
}

// Service workers are allowed here: without one there is no push.
play("the feed is live, and a connected browser is told", { lang: "ru", js: true, width: 1280, base: process.env.E2E_PORTAL }, async (me) => {
  const { page, context } = me;
  const who = person();
  await register(me, who, { by: "phone" });

  // The push service of this browser is the stand's.
  const answer = await fetch(`${process.env.E2E_STAND}/push/browsers`, { method: "POST" });
  const { endpoint } = await answer.json();
  await context.grantPermissions(["notifications"]);
  await context.addInitScript(({ endpoint, keys }) => {
    globalThis.asked = 0;
    Notification.requestPermission = async () => {
      globalThis.asked += 1;
      return "granted";
    };
    PushManager.prototype.subscribe = async () => ({ toJSON: () => ({ endpoint, keys }) });
  }, { endpoint, keys: KEYS });
  await page.goto(BROWSERS);
  assert.equal(await page.evaluate(() => globalThis.asked), 0, "nobody is asked before the button is pressed");
  await follow(page, () => page.locator("[data-push] button").click());
  await page.locator(".session-row").waitFor();

  await page.goto(FEED);
  assert.equal(await page.locator(".notice-row").count(), 0);
  const other = await context.newPage();
  await changePassword(other, who);
  await page.bringToFront();
  await page.locator(".notice-row--new").waitFor({ timeout: 20_000 });

  const list = await fetch(`${process.env.E2E_STAND}/api/messages?channel=push&wait_seconds=20`);
  const mine = (await list.json()).filter((message) => endpoint.endsWith(message.to));
  assert.equal(mine.length, 1, "one push to this browser");
  assert.match(mine[0].text, /aes128gcm/);

  // By keyboard alone: the bell, an entry's button.
  await page.locator(".bell").focus();
  await follow(page, () => page.keyboard.press("Enter"));
  await page.locator('form[action$="/read"] button').first().focus();
  await follow(page, () => page.keyboard.press("Enter"));
  assert.equal(await page.locator(".notice-row--new").count(), 0);
});

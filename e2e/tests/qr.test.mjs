// Signing a screen in from a phone by a QR code: two browsers, both languages, with and without JavaScript.

import assert from "node:assert/strict";
import { another, play } from "../harness/suite.mjs";
import { atEveryWidth, axe, none } from "../harness/checks.mjs";
import { fill, follow, register, send } from "../harness/flows.mjs";
import { person } from "../harness/people.mjs";
import { createHash } from "node:crypto";

/** The link in the picture: what a camera would read, from the cookie that draws it. */
async function link({ context }) {
  const { value } = (await context.cookies()).find(({ name }) => name.endsWith("-qr"));
  return `/qr/${createHash("sha256").update(`qr link ${value}`).digest().subarray(0, 16).toString("base64url")}`;
}

async function judged(me, name) {
  if (!me.js) return none(await atEveryWidth(me.page, `${name}-${me.lang}-plain`), `${name} scrolls sideways`);
  me.problems.judging = true;
  none(await axe(me.page), `axe: ${name}`);
  none(await atEveryWidth(me.page, `${name}-${me.lang}`), `${name} scrolls sideways`);
  me.problems.judging = false;
}

for (const lang of ["ru", "en"]) {
  for (const js of [true, false]) {
    play(`${lang}, ${js ? "with" : "without"} JavaScript: a phone lets a screen in`, { lang, js, width: 320 }, async (phone) => {
      await register(phone, person({ latin: lang === "en" }));
      const screen = await another({ lang, js });
      const { page } = screen;
      await page.goto("/sign-in");
      await follow(page, () => page.locator('a[href^="/sign-in/qr"]').click());
      await judged(screen, "qr-start");
      await follow(page, () => page.locator('form[action="/sign-in/qr"] button').click());
      await judged(screen, "qr-screen");
      const number = await page.locator(".qr-number strong").innerText();
      await phone.page.goto(await link(screen));
      await judged(phone, "qr-phone");
      await fill(phone.page, { number });
      const approved = screen.page.waitForSelector('form[action="/sign-in/qr/finish"]');
      await send(phone.page, "number");
      await judged(phone, "qr-approved");
      await approved;
      await judged(screen, "qr-agree");
      await follow(page, () => page.locator('form[action="/sign-in/qr/finish"] button[value="yes"]').click());
      await page.waitForURL(/\/cabinet/);
      none([...screen.problems], "the screen did something it must not");
      await screen.context.close();
    });
  }

  play(`${lang}: a wrong number ends the code`, { lang }, async (phone) => {
    await register(phone, person());
    const screen = await another({ lang });
    await screen.page.goto("/sign-in/qr");
    await follow(screen.page, () => screen.page.locator('form[action="/sign-in/qr"] button').click());
    const number = await screen.page.locator(".qr-number strong").innerText();
    await phone.page.goto(await link(screen));
    await fill(phone.page, { number: number === "10" ? "11" : "10" });
    await send(phone.page, "number");
    await judged(phone, "qr-wrong");
    await screen.page.waitForSelector(".notice--warning");
    await judged(screen, "qr-refused");
    await screen.context.close();
  });
}

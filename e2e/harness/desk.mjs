// Staff on their way to the workplace.

import assert from "node:assert/strict";
import { follow, register, signOut } from "./flows.mjs";
import { addApp, signInWithApp } from "./otp.mjs";

/** The button of a form of the workplace. */
export const act = (page, end) => page.locator(`form[action$="${end}"] button`).first();

/** Registers, adds an application, and comes to the invitation with both factors. */
export async function arrive(me, who, link, seen = async () => {}) {
  const { page } = me;
  await page.goto(link);
  await seen("join-stranger");
  await register(me, who);
  await page.goto("/staff/join");
  assert.equal(await page.locator('form[action="/staff/join"]').count(), 0, "a password alone is not enough");
  await seen("join-weak");
  const key = await addApp(me);
  await signOut(me);
  // A stranger may not accept; the way to sign in leads back here.
  await page.goto("/staff/join");
  await follow(page, () => page.locator('main a[href^="/sign-in"]').click());
  await signInWithApp(me, who, key);
  await page.waitForURL(/\/staff\/join$/);
  await seen("join");
}

/** Accepts, and opens the workplace. */
export async function join({ page }, seen = async () => {}) {
  await follow(page, () => act(page, "/staff/join").click());
  assert.match(page.url(), /\/admin\/enter$/);
  await seen("enter");
  await follow(page, () => act(page, "/admin/enter").click());
  assert.match(page.url(), /\/admin$/);
}

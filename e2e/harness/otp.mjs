// Second factors by an application: the codes come from oathtool, which nobody here wrote.

import { execFileSync } from "node:child_process";
import { fill, send, typeCode } from "./flows.mjs";

const APP = "/cabinet/security/factors/app";

/** Whether oathtool is there; says so when it is not. */
export function hasOathtool() {
  try {
    execFileSync("oathtool", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    console.log("skipped: oathtool is not installed (apt-get install oathtool)");
    return false;
  }
}

/** The code that an application shows, `steps` of thirty seconds from now. */
export const otp = (key, steps = 0) => execFileSync("oathtool", ["--totp", "-b", key.replaceAll(" ", ""), "-N", `now + ${steps * 30} seconds`], { encoding: "utf8" }).trim();

/** Adds an application to the account that is signed in; its key. The present code is spent by that, so the next use
 *  takes the one of the step to come: both are right, also when a step ends between the reckoning and the portal. */
export async function addApp({ page }) {
  await page.goto(APP);
  const key = await page.locator(".factor-secret code").innerText();
  await fill(page, { code: otp(key) });
  await send(page, "setup");
  return key;
}

/** Gives the password and the application's code on the sign-in page that is open. */
export async function signInWithApp({ page, js }, who, key) {
  await fill(page, { login: who.phone, password: who.password });
  await send(page, "password");
  await page.waitForURL(/\/sign-in\/second/);
  await typeCode(page, otp(key, 1), js);
}

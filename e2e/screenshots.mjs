// Makes the pictures of the README from the running product: node e2e/screenshots.mjs

import { join } from "node:path";
import { launch, visitor } from "./harness/browser.mjs";
import { choose, fill, register, send } from "./harness/flows.mjs";
import { person } from "./harness/people.mjs";
import { root, startAll } from "./harness/processes.mjs";
import { codeIn, newest } from "./harness/stand.mjs";

const world = await startAll();
process.env.E2E_PORTAL = world.portalUrl;
process.env.E2E_STAND = world.standUrl;
const browser = await launch();

/** A visitor with the choice made, and a camera that writes into docs/screenshots. */
async function at(width, height, options = {}) {
  const one = await visitor(browser, { width, ...options });
  await one.page.setViewportSize({ width, height });
  if (!options.base) await choose(one);
  const shoot = (name) => one.page.screenshot({ path: join(root, "docs/screenshots", `${name}.png`) });
  return { ...one, shoot };
}

try {
  const who = { ...person(), surname: "Маякова", first_name: "Анна", phone: "+79111234567" };
  const desk = await at(1280, 800);
  await desk.page.goto("/");
  await desk.shoot("home");
  await register(desk, who);
  await desk.shoot("cabinet");

  const night = await at(1280, 800, { look: "dark", lang: "en" });
  await night.page.goto("/");
  await night.shoot("home-dark");

  const phone = await at(390, 800);
  await phone.page.goto("/register");
  const next = { ...person(), surname: "Береговой", first_name: "Пётр", phone: "+79117654321" };
  await fill(phone.page, { surname: next.surname, first_name: next.first_name, phone: next.phone, consent_terms: true, consent_data: true });
  await phone.shoot("register");
  await send(phone.page, "surname");
  codeIn(await newest("sms", next.phone));
  await phone.shoot("code");

  const stand = await at(1280, 800, { base: world.standUrl });
  await stand.page.goto("/?lang=ru");
  await stand.shoot("stand");
} finally {
  await browser.close();
  await world.stop();
}

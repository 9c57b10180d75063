// Chromium, and a watch over everything a page must not do.

import { chromium } from "playwright-core";
import { existsSync } from "node:fs";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Widths at which every page is looked at: a small phone, a tablet, a desktop. */
export const WIDTHS = [320, 768, 1280];

export async function launch() {
  const executablePath = process.env.E2E_CHROMIUM ?? CANDIDATES.find(existsSync);
  if (!executablePath) throw new Error("no Chromium: cargo xtask setup, or set E2E_CHROMIUM");
  // The sandbox needs rights that a container and root do not have; only our own pages are opened.
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** A fresh visitor with a watched page. `look`: light, dark or large. */
export async function visitor(browser, { lang = "ru", js = true, width = 1280, look = "light", base } = {}) {
  const context = await browser.newContext({
    baseURL: base ?? process.env.E2E_PORTAL,
    javaScriptEnabled: js,
    viewport: { width, height: 900 },
    locale: lang === "ru" ? "ru-RU" : "en-GB",
    colorScheme: look === "dark" ? "dark" : "light",
    reducedMotion: "reduce",
    // Blocking puts a script into every frame, and a sandboxed one (the stand's letters) complains of it.
    serviceWorkers: base ? "allow" : "block",
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const problems = watch(page);
  return { context, page, problems, js, lang, look };
}

/** Everything that went wrong on a page, as it happens. */
export function watch(page) {
  const problems = Object.assign([], { judging: false });
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    // axe and the camera put a style into the page, which the policy rightly refuses; it has no address.
    if (problems.judging && /inline style/.test(message.text()) && message.location().url === "") return;
    // A refused form answers 4xx on purpose, and Chromium reports the document's status as an error.
    if (/Failed to load resource: the server responded with a status of 4\d\d/.test(message.text())) {
      if (message.location().url.split("?")[0] === page.url().split("?")[0]) return;
    }
    problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => problems.push(`script error: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!/^(data|blob|about):/.test(url) && new URL(url).origin !== originOf(page, url)) {
      problems.push(`another origin: ${url}`);
    }
  });
  page.on("response", (response) => {
    if (response.status() >= 500) problems.push(`${response.status()} from ${response.url()}`);
  });
  return problems;
}

function originOf(page, first) {
  const here = page.url();
  return here === "about:blank" ? new URL(first).origin : new URL(here).origin;
}

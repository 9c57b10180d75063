// Starts the real binary: the stand and the portal, on free ports, with a data folder of their own.

import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:net";
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** The stand derives four more ports from its main one (two SMS centres, mail, registers). */
const STAND_PORTS = 5;
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 30_000;

export const root = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
export const outFolder = join(root, "e2e/out");

/** The binary under test: E2E_BIN, or the debug build. */
export function binary() {
  const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  const path = process.env.E2E_BIN ?? join(target, "debug/pristan");
  if (!existsSync(path)) throw new Error(`${path} is not built: cargo build --package pristan`);
  return path;
}

/** Starts both and waits until they answer; `environment` goes to the portal. */
export async function startAll(environment = {}) {
  const standPort = await freePorts(STAND_PORTS);
  const portalPort = await freePorts(1);
  const data = mkdtempSync(join(tmpdir(), "pristan-e2e-"));
  mkdirSync(outFolder, { recursive: true });
  const standUrl = `http://localhost:${standPort}`;
  const portalUrl = `http://localhost:${portalPort}`;
  const stand = launch("stand", {
    PRISTAN_STAND_LISTEN: `127.0.0.1:${standPort}`,
    PRISTAN_STAND_PORTAL_URL: portalUrl,
  });
  const started = [stand];
  const stop = async () => {
    for (const one of started.reverse()) await end(one);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    await answering(`${standUrl}/api/systems`, stand);
    const portal = launch("serve", {
      PRISTAN_DEMO: "1",
      PRISTAN_LISTEN: `127.0.0.1:${portalPort}`,
      PRISTAN_PUBLIC_URL: portalUrl,
      PRISTAN_STAND_URL: standUrl,
      PRISTAN_DATA_DIR: data,
      ...environment,
    });
    started.push(portal);
    await answering(`${portalUrl}/health/ready`, portal);
  } catch (error) {
    await stop();
    throw error;
  }
  return { portalUrl, standUrl, data, stop };
}

/** The environment without the settings of somebody's own portal: the portal refuses what it does not know. */
const foreign = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PRISTAN_")));

/** Runs an administrator's command beside the portal under test; what it printed. */
export function command(...words) {
  const { E2E_PORTAL, E2E_STAND, E2E_DATA } = process.env;
  const own = { PRISTAN_DEMO: "1", PRISTAN_DATA_DIR: E2E_DATA, PRISTAN_PUBLIC_URL: E2E_PORTAL, PRISTAN_STAND_URL: E2E_STAND };
  return execFileSync(binary(), ["admin", ...words], { env: { ...foreign, ...own }, encoding: "utf8" });
}

function launch(name, environment) {
  const log = join(outFolder, `${name}.log`);
  const child = spawn(binary(), [name], { env: { ...foreign, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  const file = createWriteStream(log);
  child.stdout.pipe(file);
  child.stderr.pipe(file);
  return { name, child, log };
}

async function answering(url, { name, child, log }) {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`pristan ${name} ended (${child.exitCode}):\n${tail(log)}`);
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    await pause(50);
  }
  throw new Error(`${url} does not answer:\n${tail(log)}`);
}

async function end({ child }) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
  await ended;
  clearTimeout(late);
}

function tail(log) {
  return existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(-40).join("\n") : "(no log)";
}

/** The first of `count` ports in a row that nobody listens on. */
async function freePorts(count) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const first = 20_000 + Math.floor(Math.random() * 30_000);
    const free = await Promise.all(Array.from({ length: count }, (_, n) => isFree(first + n)));
    if (free.every(Boolean)) return first;
  }
  throw new Error("no free ports");
}

function isFree(port) {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });
}

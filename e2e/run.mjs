// Starts the portal and the stand once, runs every test file against them, stops both.
//
// node run.mjs [files…]      E2E_BIN, E2E_CHROMIUM: the binary and the browser to use

import { spawn } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { outFolder, root, startAll } from "./harness/processes.mjs";

const folder = join(root, "e2e/tests");
const named = process.argv.slice(2);
const files = named.length > 0 ? named : readdirSync(folder).filter((name) => name.endsWith(".test.mjs")).sort().map((name) => join(folder, name));

rmSync(outFolder, { recursive: true, force: true });
const world = await startAll();
console.log(`portal ${world.portalUrl}, stand ${world.standUrl}`);
let code = 1;
let runner;
// Ctrl-C and a stopped job end the tests, and then, below, what was started for them.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => runner?.kill(signal));
try {
  code = await new Promise((done) => {
    runner = spawn(process.execPath, ["--test", "--test-reporter=spec", ...files], {
      stdio: "inherit",
      env: { ...process.env, E2E_PORTAL: world.portalUrl, E2E_STAND: world.standUrl, E2E_DATA: world.data },
    });
    runner.once("exit", (exit) => done(exit ?? 1));
  });
} finally {
  await world.stop();
}
process.exitCode = code;

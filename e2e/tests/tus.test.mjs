// A tus client that nobody here wrote (npm tus-js-client) uploads a file through a connection that is cut at any byte:
// created, broken off, resumed, finished.

import assert from "node:assert/strict";
import net from "node:net";
import * as tus from "tus-js-client";
import { play } from "../harness/suite.mjs";
import { register } from "../harness/flows.mjs";
import { person } from "../harness/people.mjs";
import { noise } from "../harness/pictures.mjs";

const PAGE = "/cabinet/documents";

/** A way to the portal that cuts each of its first connections after so many bytes from the client. */
async function cutting(cuts) {
  const portal = new URL(process.env.E2E_PORTAL);
  const left = [...cuts];
  const server = net.createServer((client) => {
    const inner = net.connect(Number(portal.port), portal.hostname);
    let most = left.length ? left.shift() : Infinity;
    const end = () => { client.destroy(); inner.destroy(); };
    client.on("data", (bytes) => {
      if (bytes.length < most) {
        most -= bytes.length;
        return void inner.write(bytes);
      }
      // What is cut off arrived at the portal up to this byte.
      inner.write(bytes.subarray(0, most), () => { inner.end(); client.destroy(); });
    });
    inner.on("data", (bytes) => client.write(bytes));
    for (const side of [client, inner]) side.on("error", end).on("close", end);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, left, close: () => server.close() };
}

/** Uploads as that client does by default, but for its pauses; answers how often it had to resume. */
function upload(file, options) {
  return new Promise((resolve, reject) => {
    let resumed = 0;
    const one = new tus.Upload(file, {
      retryDelays: Array(40).fill(5),
      onError: reject,
      onSuccess: () => resolve({ resumed, url: one.url }),
      onShouldRetry: () => { resumed += 1; return true; },
      ...options,
    });
    one.start();
  });
}

play("npm tus-js-client resumes at any byte", { lang: "ru", js: true, width: 1280 }, async (me, t) => {
  const { page, context } = me;
  await register(me, person(), { by: "phone" });
  await page.goto(PAGE);
  const token = await page.locator('[name="csrf"]').first().inputValue();
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const headers = { cookie, "x-csrf-token": token };
  const metadata = { filename: "шум.jpg", slot: "other" };
  const ways = [
    { name: "in one piece", options: {} },
    { name: "in pieces of 100 000 bytes", options: { chunkSize: 100_000 } },
    { name: "with its first bytes at the creation", options: { uploadDataDuringCreation: true } },
  ];
  for (const [turn, { name, options }] of ways.entries()) {
    await t.test(name, async () => {
      const file = await noise(page, turn + 1);
      // At the head of a request, in it, in the first and last bytes of a body, and in the middle.
      const cuts = [1, 200, 700, 701, 900, 4_000, 65_536, 100_003, 262_143, 262_145, file.length - 50_000];
      const way = await cutting(cuts);
      const { resumed, url } = await upload(file, { endpoint: `${way.url}${PAGE}/uploads`, headers, metadata, ...options });
      way.close();
      assert.equal(way.left.length, 0, "every cut was made");
      assert.ok(resumed >= cuts.length / 2, `it was broken off again and again: ${resumed}`);
      await page.goto(PAGE);
      assert.equal(await page.locator("#place-other .scan img").count(), turn + 1, "whole and judged");
      const head = await fetch(url.replace(way.url, process.env.E2E_PORTAL), { method: "HEAD", headers: { ...headers, "tus-resumable": "1.0.0" } });
      assert.equal(Number(head.headers.get("upload-offset")), file.length);
    });
  }
  await t.test("an upload that is given up is gone", async () => {
    const file = await noise(page, 9);
    const one = new tus.Upload(file, { endpoint: `${process.env.E2E_PORTAL}${PAGE}/uploads`, headers, metadata, chunkSize: 10_000, retryDelays: null });
    await new Promise((resolve, reject) => {
      one.options.onError = reject;
      one.options.onChunkComplete = () => resolve();
      one.start();
    });
    await one.abort(true);
    const head = await fetch(new URL(one.url, process.env.E2E_PORTAL), { method: "HEAD", headers: { ...headers, "tus-resumable": "1.0.0" } });
    assert.equal(head.status, 404);
  });
});

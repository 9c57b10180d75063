// Reads what the outside world received, through the stand's JSON API.

import { setTimeout as pause } from "node:timers/promises";

const ARRIVES_WITHIN_MS = 20_000;

const base = () => process.env.E2E_STAND;

/** All messages of a channel to one address, newest first. */
export async function messages(channel, to) {
  const query = new URLSearchParams({ channel, to });
  const answer = await fetch(`${base()}/api/messages?${query}`);
  if (!answer.ok) throw new Error(`the stand answers ${answer.status}`);
  const body = await answer.json();
  return Array.isArray(body) ? body : body.messages;
}

/** Waits until more than `seen` messages are there and gives the newest. */
export async function newest(channel, to, seen = 0) {
  const deadline = Date.now() + ARRIVES_WITHIN_MS;
  while (Date.now() < deadline) {
    const all = await messages(channel, to);
    if (all.length > seen) return all[0];
    await pause(50);
  }
  throw new Error(`no ${channel} arrived`);
}

/** The six digits in a message. */
export function codeIn(message) {
  const text = message.text ?? message.body ?? "";
  const found = /(?<!\d)\d{6}(?!\d)/.exec(text.replace(/(?<=\d)[ -](?=\d)/g, ""));
  if (!found) throw new Error("the message has no code");
  return found[0];
}

/** The first link to the portal in a letter. */
export function linkIn(message) {
  const found = new RegExp(`${process.env.E2E_PORTAL}/[^\\s"<>]+`).exec(`${message.text ?? ""}\n${message.html ?? ""}`);
  if (!found) throw new Error("the letter has no link");
  return found[0].replaceAll("&amp;", "&");
}

/** Switches a fault of one system on or off. */
export async function fault(system, mode, seconds = 60) {
  const answer = await fetch(`${base()}/api/faults/${system}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ mode, seconds, share: 1 }),
  });
  if (!answer.ok) throw new Error(`the stand refuses the fault: ${answer.status}`);
}

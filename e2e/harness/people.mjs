// People who do not exist, each with contacts of their own.

import { randomInt } from "node:crypto";

const RUSSIAN = [["Приставкина", "Анна"], ["Береговой", "Пётр"], ["Маякова", "Мария"], ["Якорев", "Илья"]];
const LATIN = [["Harbour", "Anne"], ["Quayle", "Peter"]];

export const PASSWORD = "Gavan-2026!x";
export const NEW_PASSWORD = "Prichal-2027!y";

/** A new person; `latin` gives a name in Latin letters. */
export function person({ latin = false } = {}) {
  const number = randomInt(0, 10_000_000).toString().padStart(7, "0");
  const names = latin ? LATIN : RUSSIAN;
  const [surname, first_name] = names[randomInt(names.length)];
  return {
    surname,
    first_name,
    phone: `+7911${number}`,
    email: `person-${Date.now().toString(36)}-${number}@example.org`,
    password: PASSWORD,
  };
}

// Shows the password on request, ticks the rules while typing and gives its strength in a word.
// The server checks everything again and has the last word.
import { each } from "./each.js";

const PAUSE = 600; // milliseconds after the last key before a screen reader is told

export function start(root) {
  each(root, "[data-show-password]", (button) => {
    const field = document.getElementById(button.dataset.showPassword);
    if (!field) return;
    const show = (visible) => {
      field.type = visible ? "text" : "password";
      button.textContent = visible ? button.dataset.hide : button.dataset.show;
    };
    button.hidden = false;
    button.addEventListener("click", () => show(field.type === "password"));
    // Browsers offer to remember only what is sent from a password field.
    field.form?.addEventListener("submit", () => show(false));
  });
  each(root, "[data-password-help]", (help) => {
    const field = document.getElementById(help.dataset.passwordHelp);
    if (field) watch(field, help);
  });
}

function watch(field, help) {
  const list = help.querySelector(".rules");
  const strength = help.querySelector(".strength");
  const [meter, word] = [strength.querySelector("meter"), strength.querySelector("[role=status]")];
  const words = strength.dataset.words.split("|");
  let timer;
  const look = () => {
    const password = field.value;
    for (const rule of list.children) tick(rule, met(rule.dataset, password), list.dataset.met);
    strength.hidden = password === "";
    meter.value = score(password);
    clearTimeout(timer);
    timer = setTimeout(() => { word.textContent = password ? words[meter.value] : ""; }, PAUSE);
  };
  field.addEventListener("input", look);
  look();
}

function tick(rule, isMet, said) {
  if (rule.classList.contains("rule--met") === isMet) return;
  rule.classList.toggle("rule--met", isMet);
  rule.querySelector(".visually-hidden")?.remove();
  if (isMet) {
    const note = document.createElement("span");
    note.className = "visually-hidden";
    note.textContent = `, ${said}`;
    rule.append(note);
  }
}

/** Whether a rule is met; rules only the server can check stay open. */
export function met(rule, password) {
  if (rule.min) {
    const length = [...password].length;
    return length >= Number(rule.min) && length <= Number(rule.max);
  }
  return rule.has ? new RegExp(`[${rule.has}]`).test(password) : false;
}

/**
 * A quick estimate, 0 to 4: how many guesses the kinds and the number of different signs ask for, in bits,
 * with repetitions and runs («aaa», «1234») counted once. The limits follow the usual scale of 10^3, 10^6, 10^8, 10^10 guesses.
 */
export function score(password) {
  const signs = [...password];
  const kinds = [[/[a-z]/, 26], [/[A-Z]/, 26], [/\d/, 10], [/[^\w\s]/, 32], [/[^\x00-\x7f]/, 60], [/\s/, 1]];
  const choice = kinds.reduce((sum, [kind, size]) => sum + (kind.test(password) ? size : 0), 0);
  const fresh = signs.filter((sign, at) => {
    const step = at ? sign.codePointAt(0) - signs[at - 1].codePointAt(0) : 9;
    return Math.abs(step) > 1;
  }).length;
  const bits = Math.min(fresh, new Set(signs).size * 1.5) * Math.log2(Math.max(choice, 1)) * 0.75;
  // A word with a number and a sign behind it is the first thing that is guessed, however mixed it looks.
  const limit = /^\p{L}+\d{0,4}[^\w\s]{0,2}$/u.test(password) && signs.length < 16 ? 1 : signs.length < 10 ? 3 : 4;
  return Math.min(limit, [10, 20, 27, 37].filter((least) => bits >= least).length);
}

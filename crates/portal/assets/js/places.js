// Offers places of the directory of addresses while one types (ARIA: editable combobox with a list). The field stays a
// plain text field: anything may stand in it.
import { each } from "./each.js";

const PAUSE = 150;
const PARTS = /_(region|district|city|street)$/;

export function start(root) {
  each(root, "[data-places]", (block) => {
    const form = block.closest("form");
    block.querySelector("[data-places-find]")?.remove();
    for (const input of [...form.elements]) if (PARTS.test(input.name)) offer(form, input, block.dataset.places);
  });
}

function offer(form, input, address) {
  const list = make("ul", "offers", { id: `${input.id}-offers`, role: "listbox", "aria-label": input.labels[0].textContent });
  const status = make("p", "visually-hidden", { role: "status" });
  const state = { options: [], active: -1, asked: 0, timer: 0 };
  list.hidden = true;
  input.removeAttribute("list");
  input.setAttribute("autocomplete", "off");
  set(input, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id });
  input.parentElement.classList.add("offers-row");
  input.after(list, status);

  const close = () => {
    clearTimeout(state.timer);
    state.asked += 1;
    state.active = -1;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (at) => {
    state.active = at;
    [...list.children].forEach((row, row_at) => row.setAttribute("aria-selected", String(row_at === at)));
    list.children[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const ask = async () => {
    const mine = (state.asked += 1);
    if (!input.value.trim()) return close();
    const body = new URLSearchParams({ csrf: form.elements.csrf.value, field: input.name });
    const prefix = input.name.replace(PARTS, "_");
    for (const one of form.elements) if (one.name.startsWith(prefix)) body.set(one.name, one.value);
    const answer = await fetch(address, { method: "POST", body, credentials: "same-origin" }).catch(() => null);
    const known = answer?.ok && answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : null;
    // Typed on, left or chosen meanwhile.
    if (mine !== state.asked || document.activeElement !== input) return;
    if (!known) return close();
    show(known);
  };
  const show = ({ found, said, filled }) => {
    close();
    state.options = found;
    state.filled = filled;
    status.textContent = said;
    list.replaceChildren(...found.map((one, at) => row(`${list.id}-${at}`, one)));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
  };
  const choose = (at) => {
    const { name, fills } = state.options[at];
    close();
    put(input, name);
    const filled = Object.entries(fills).map(([word, text]) => [form.elements[word], text]).filter(([field]) => field && !field.value);
    for (const [field, text] of filled) put(field, text);
    status.textContent = filled.length ? `${state.filled} ${filled.map(([field]) => named(field)).join(", ")}` : "";
  };

  input.addEventListener("input", () => {
    clearTimeout(state.timer);
    state.timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const open = !list.hidden;
    const count = list.children.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return void ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(state.active < 0 && step < 0 ? count - 1 : (state.active + step + count) % count);
    } else if (event.key === "Enter" && open && state.active >= 0) {
      event.preventDefault();
      choose(state.active);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      close();
      status.textContent = "";
    }
  });
  // The cursor stays in the field while the list is touched or scrolled.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const at = [...list.children].indexOf(event.target.closest("[role=option]"));
    if (at >= 0) choose(at);
  });
}

function row(id, { name, about }) {
  const option = make("li", "offer", { id, role: "option", "aria-selected": "false" });
  option.append(name);
  if (about) {
    const where = make("span", "offer-about", {});
    where.textContent = about;
    option.append(" ", where);
  }
  return option;
}

// Kept by the server as if it were typed.
function put(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

const named = (field) => field.labels[0].firstChild.textContent.trim().toLowerCase();

function make(tag, name, attributes) {
  const element = document.createElement(tag);
  element.className = name;
  set(element, attributes);
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

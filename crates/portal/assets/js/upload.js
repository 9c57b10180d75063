// Uploads a chosen file by pieces (tus 1.0.0), shows how far it is, and goes on after a broken connection. Without this, or
// when it fails, the form sends the file whole.
import { each } from "./each.js";

const PIECE = 512 * 1024;
const PAUSES = [500, 1000, 2000, 4000, 8000, 8000, 8000, 8000];

export function start(root) {
  each(root, "form[data-upload]", (form) => form.addEventListener("submit", (event) => {
    const file = form.elements.file.files[0];
    if (!file || form.dataset.whole) return; // the server says what is missing
    event.preventDefault();
    new Upload(form, file).run();
  }));
}

const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

class Upload {
  constructor(form, file) {
    this.form = form;
    this.file = file;
    this.words = form.dataset;
    // What was begun is found again after the page was left: by the place, and by what the file is.
    this.memory = `upload ${form.dataset.slot} ${file.size} ${file.lastModified}`;
  }

  async run() {
    if (this.form.querySelector(".upload-state")) return;
    this.show();
    if (this.file.size > Number(this.words.most)) return this.stop(this.words.big);
    const button = this.form.querySelector("button");
    button.disabled = true;
    try {
      await this.send();
      sessionStorage.removeItem(this.memory);
      this.say(this.words.judging);
      this.showResult();
    } catch (reason) {
      console.warn("upload", reason);
      // The ordinary way: the form as it stands, whole; the server says in words what is wrong.
      if (reason.refused) {
        this.form.dataset.whole = "1";
        delete this.form.dataset.sent;
        button.disabled = false;
        return this.form.requestSubmit();
      }
      this.stop(this.words.failed);
    } finally {
      button.disabled = false;
    }
  }

  /** The page anew, at this place; not by a reload where the page is the answer to a form, which would be sent again. */
  showResult() {
    const place = `#place-${this.words.slot}`;
    if (location.pathname !== this.words.page) return location.assign(this.words.page + place);
    location.hash = place;
    location.reload();
  }

  async send() {
    let failures = 0;
    let place = sessionStorage.getItem(this.memory);
    let at = 0;
    let known = false;
    for (;;) {
      try {
        if (!place) {
          place = await this.create();
          sessionStorage.setItem(this.memory, place);
          [at, known] = [0, true];
        }
        if (!known) {
          const answer = await this.ask("HEAD", place);
          if (answer.status === 404) {
            place = null;
            continue;
          }
          at = Number(answer.headers.get("upload-offset"));
          known = true;
        }
        this.advance(at);
        if (at >= this.file.size) return;
        at = await this.patch(place, at);
        failures = 0;
      } catch (reason) {
        if (reason.refused || failures >= PAUSES.length) throw reason;
        this.say(this.words.lost);
        await pause(PAUSES[failures++]);
        known = false;
      }
    }
  }

  headers(more) {
    return { "tus-resumable": "1.0.0", "x-csrf-token": this.form.elements.csrf.value, ...more };
  }

  async ask(method, place, more = {}, body = null) {
    const answer = await fetch(place, { method, headers: this.headers(more), body, credentials: "same-origin", redirect: "manual" });
    if (answer.ok || answer.status === 404 || answer.status === 409) return answer;
    throw Object.assign(new Error(`${method} ${answer.status}`), { refused: answer.status < 500 });
  }

  async create() {
    const metadata = `filename ${base64(this.file.name)},slot ${base64(this.words.slot)}`;
    const answer = await this.ask("POST", this.words.upload, { "upload-length": String(this.file.size), "upload-metadata": metadata });
    if (!answer.ok) throw Object.assign(new Error("not begun"), { refused: true });
    return answer.headers.get("location");
  }

  async patch(place, at) {
    this.say(this.words.onItsWay);
    const more = { "upload-offset": String(at), "content-type": "application/offset+octet-stream" };
    const answer = await this.ask("PATCH", place, more, this.file.slice(at, at + PIECE));
    if (!answer.ok) throw new Error(`PATCH ${answer.status}`);
    return Number(answer.headers.get("upload-offset"));
  }

  show() {
    this.form.querySelector(".upload-state")?.remove();
    this.state = document.createElement("div");
    this.state.className = "upload-state";
    this.state.innerHTML = "<progress max=1 value=0></progress><p role=status></p>";
    this.form.append(this.state);
    this.bar = this.state.querySelector("progress");
    this.line = this.state.querySelector("p");
    this.line.id = `state-${this.words.slot}`;
    this.bar.setAttribute("aria-labelledby", this.line.id);
    this.say(this.words.onItsWay);
  }

  say(words) {
    if (this.line.textContent !== words) this.line.textContent = words;
  }

  advance(at) {
    this.bar.value = at / this.file.size;
  }

  stop(words) {
    this.bar.remove();
    this.line.className = "field-error";
    this.say(words);
    this.state.classList.remove("upload-state");
    delete this.form.dataset.sent;
  }
}

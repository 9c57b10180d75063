// The proof of work of a challenge: reveals its button, lets a worker do the work, puts the number into the form.
// Without this script the picture and the sound are there.

/** Sets up every challenge under `root`; doing it twice is harmless. */
export function setUp(root = document) {
  for (const work of root.querySelectorAll("[data-work]:not([data-ready])")) {
    work.dataset.ready = "";
    if (typeof Worker === "function") prepare(work);
  }
}

function prepare(work) {
  const button = work.querySelector("[data-work-start]");
  const field = work.querySelector("[data-work-solution]");
  const status = work.querySelector("[data-work-status]");
  if (!button || !field || !status) return;
  work.hidden = false;
  let worker = null;
  let waiting = null; // how the person wanted to send the form while the work went on
  const end = (nonce) => {
    worker.terminate();
    worker = null;
    field.value = nonce ?? "";
    status.textContent = nonce ? work.dataset.done : work.dataset.failed;
    button.hidden = Boolean(nonce);
    button.removeAttribute("aria-disabled");
    if (nonce && waiting) field.form.requestSubmit(waiting.submitter);
    waiting = null;
  };
  button.addEventListener("click", () => {
    if (worker || field.value) return;
    worker = new Worker(new URL("./challenge-worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => end(data.nonce);
    worker.onerror = () => end(null);
    worker.postMessage({ puzzle: work.dataset.puzzle, bits: Number(work.dataset.difficulty) });
    status.textContent = work.dataset.doing;
    button.setAttribute("aria-disabled", "true");
  });
  // Sent too early and without another answer, the form waits for the work instead of failing.
  field.form?.addEventListener(
    "submit",
    (event) => {
      const typed = work.closest("[data-challenge]")?.querySelector('input[type="text"]');
      if (!worker || typed?.value.trim()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting = { submitter: event.submitter };
      status.textContent = work.dataset.doing;
    },
    { capture: true },
  );
}

setUp();

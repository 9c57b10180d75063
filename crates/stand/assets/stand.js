// Follows the stand: waits for a change, fetches the page again, and puts in what is new. Without this file the page
// works the same with its "Refresh" link.
const body = document.body;
const said = document.querySelector('[data-said]');
const live = document.querySelector('[data-live]');
const word = document.querySelector('[data-live-word]');
const liveWord = word.textContent;
let version = Number(body.dataset.version);

live.hidden = false;

function merge(next) {
  const feed = document.getElementById('feed');
  const fresh = next.getElementById('feed');
  const wanted = new Set([...fresh.children].map((item) => item.id));
  for (const item of [...feed.children]) if (!item.id || !wanted.has(item.id)) item.remove();
  let added = 0;
  let place = feed.firstElementChild;
  for (const item of [...fresh.children]) {
    const known = item.id && document.getElementById(item.id);
    if (known) {
      // A letter that is being read stays as it is; only its state changes.
      for (const part of ['header', 'footer']) {
        const [old, now] = [known.querySelector(part), item.querySelector(part)];
        if (old && now && old.innerHTML !== now.innerHTML) old.replaceChildren(...now.childNodes);
      }
      place = known.nextElementSibling;
    } else {
      feed.insertBefore(document.adoptNode(item), place);
      if (item.id) { item.classList.add('new'); added += 1; }
    }
  }
  for (const section of next.querySelectorAll('section.system')) {
    const known = document.getElementById(section.id);
    // A switch that somebody is setting is left alone.
    if (known && !known.contains(document.activeElement) && known.className !== section.className) {
      known.replaceWith(document.adoptNode(section));
    }
  }
  if (added) said.textContent = `${body.dataset.newer}: ${added}`;
}

async function follow() {
  for (;;) {
    try {
      const asked = await fetch(`/api/changes?since=${version}&wait_seconds=25`);
      const now = (await asked.json()).version;
      if (live.classList.contains('lost')) { live.classList.remove('lost'); word.textContent = liveWord; }
      if (now === version) continue;
      version = now;
      const page = await fetch(location.href);
      merge(new DOMParser().parseFromString(await page.text(), 'text/html'));
    } catch {
      live.classList.add('lost');
      word.textContent = body.dataset.lost;
      await new Promise((done) => setTimeout(done, 2000));
    }
  }
}

follow();

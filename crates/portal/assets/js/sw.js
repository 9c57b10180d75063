// Keeps the public face and the offline page on the device. Pages of a person are never kept.
// The server writes `VERSION` in front of this file.
const CACHE = `face-${VERSION}`;
const BASE = `/assets/${VERSION}/`;
const FACE = ["css/main.css", "js/main.js", "js/each.js", "icons.svg", "icons/mark.svg"].map((name) => BASE + name);
const OFFLINE = "/offline";

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([OFFLINE, ...FACE])).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const drop = (names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(drop).then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (address.pathname.startsWith(BASE)) {
    // A development build keeps one address for changing files: there the network comes first.
    event.respondWith(VERSION === "dev" ? fetch(request).catch(() => kept(request)) : kept(request));
  }
});

async function kept(request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

// A push tells that there is something new in the cabinet, and leads there; nothing else comes with it.
addEventListener("push", (event) => {
  const { title, body, lang } = event.data.json();
  event.waitUntil(registration.showNotification(title, { body, lang, icon: `${BASE}icons/icon-192.png`, tag: "cabinet" }));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(clients.openWindow("/cabinet/notifications"));
});

// The page of a session at the door opens without a network: as it was read last, from this browser. Nothing else is
// kept, and nothing is served from here while the network answers. What was typed waits in the page's own store.
const PAGES = "check-in-pages";
const ASSETS = "check-in-assets";
const DOOR = /^\/office\/sessions\/\d+\/check-in$/;
const SCAN = /^\/check-in\/([\w-]+)$/;
const PATIENCE_MS = 6000;
const KEPT_MS = 2 * 86_400_000; // lists with phones are of use on their day

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate" && DOOR.test(address.pathname)) event.respondWith(door(request, address.pathname));
  else if (request.mode === "navigate" && SCAN.test(address.pathname)) event.respondWith(scan(request, address.pathname));
  else if (address.pathname.startsWith("/static/")) event.respondWith(asset(request, address.pathname));
});

/** The network's answer; rejects when there is none, or none in time. */
function answerOf(request) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("too late")), PATIENCE_MS);
    fetch(request).then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

async function door(request, path) {
  const pages = await caches.open(PAGES);
  let response;
  try {
    response = await answerOf(request);
  } catch {
    await dropOld(pages);
    return (await pages.match(path)) ?? fetch(request);
  }
  await dropOld(pages);
  if (response.ok) await pages.put(path, response.clone());
  // Sent to the login page, or not allowed any more: the list goes from this browser.
  else if (response.status < 500) await pages.delete(path);
  return response;
}

/** Pages that the server made long ago go. */
async function dropOld(pages) {
  for (const page of await pages.keys()) {
    const made = Date.parse((await pages.match(page)).headers.get("Date"));
    if (Date.now() - made > KEPT_MS) await pages.delete(page);
  }
}

/** A booking's QR without a network: the kept page on which that booking stands. */
async function scan(request, path) {
  try {
    return await answerOf(request);
  } catch {
    const token = SCAN.exec(path)[1];
    const pages = await caches.open(PAGES);
    for (const page of await pages.keys()) {
      const html = await (await pages.match(page)).text();
      const code = new RegExp(`data-code="([A-Z]{3})" data-token="${token}"`).exec(html)?.[1];
      if (code) return Response.redirect(`${new URL(page.url).pathname}#party-${code}`, 302);
    }
    return fetch(request);
  }
}

async function asset(request, path) {
  return (await caches.match(path, { cacheName: ASSETS })) ?? fetch(request);
}

// Connects this browser: asks only when the button is pressed, then sends the form of the page.
export function start(root) {
  const form = root.querySelector("[data-push]");
  const says = root.querySelector("[data-push-says]");
  const say = (word) => (says.textContent = says.dataset[word]);
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return say("unsupported");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      if ((await Notification.requestPermission()) !== "granted") return say("denied");
      const { pushManager } = await navigator.serviceWorker.ready;
      // One of a former key of ours would stand in the way.
      await (await pushManager.getSubscription())?.unsubscribe();
      const wish = { userVisibleOnly: true, applicationServerKey: form.dataset.push };
      const { endpoint, keys } = (await pushManager.subscribe(wish)).toJSON();
      for (const [name, value] of Object.entries({ endpoint, ...keys })) form.elements[name].value = value;
      form.submit();
    } catch (reason) {
      console.warn(reason);
      say("failed");
    }
  });
}

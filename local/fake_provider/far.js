// The windows of the playground: pick a person at once, and see what others write without asking.
document.documentElement.classList.add("scripted");
if (window !== window.top) document.documentElement.classList.add("framed");

for (const select of document.querySelectorAll("select[data-go]")) {
  select.addEventListener("change", () => select.form.submit());
}

const messages = document.getElementById("messages");

function toTheEnd() {
  messages.scrollTop = messages.scrollHeight;
}

function isBusy() {
  return messages.contains(document.activeElement) && document.activeElement !== messages
    || messages.querySelector("details[open]") !== null;
}

async function look() {
  const answer = await fetch(messages.dataset.at, { cache: "no-store" });
  const { version } = await answer.json();
  if (String(version) === messages.dataset.version || isBusy()) return;
  const page = await fetch(location.href, { cache: "no-store" });
  const found = new DOMParser().parseFromString(await page.text(), "text/html");
  const atTheEnd = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 60;
  for (const id of ["messages", "state"]) {
    document.getElementById(id).replaceChildren(...found.getElementById(id).childNodes);
  }
  messages.dataset.version = found.getElementById("messages").dataset.version;
  if (atTheEnd) toTheEnd();
}

if (messages) {
  toTheEnd();
  setInterval(() => look().catch(() => {}), 1000);
}

// Buttons that call the playground's own addresses, and what they answered.
const said = document.getElementById("said");
const event = document.getElementById("event");
const name = document.getElementById("name");

async function call(method, path, body) {
  const answer = await fetch(path, { method, headers: { "Content-Type": "application/json" }, body });
  const text = await answer.text();
  return { ok: answer.ok, text };
}

function say(text, failed = false) {
  said.textContent = text;
  said.classList.toggle("failed", failed);
}

for (const button of document.querySelectorAll("button[data-path]")) {
  button.addEventListener("click", async () => {
    const { ok, text } = await call(button.dataset.method ?? "POST", button.dataset.path, button.dataset.body);
    if (!ok) {
      say(JSON.parse(text).detail, true);
      return;
    }
    if (button.dataset.then) {
      say("What is due runs.");
      await call("POST", button.dataset.then, "{}");
    }
    location.reload();
  });
}

function sample() {
  event.value = name.selectedOptions[0].dataset.event;
}
name.addEventListener("change", sample);
sample();

document.getElementById("function").addEventListener("submit", async (submitted) => {
  submitted.preventDefault();
  say(`${name.value} runs.`);
  const { ok, text } = await call("POST", `/invoke/${name.value}`, event.value);
  const refused = text.startsWith('{"error"');
  say(ok ? `${name.value} answered ${text}` : JSON.parse(text).detail, !ok || refused);
});

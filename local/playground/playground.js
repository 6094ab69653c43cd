// Buttons that call the playground's own addresses, and what they answered.
const said = document.getElementById("said");

async function call(method, path, body) {
  const answer = await fetch(path, { method, headers: { "Content-Type": "application/json" }, body });
  const text = await answer.text();
  return { ok: answer.ok, text };
}

for (const button of document.querySelectorAll("button[data-path]")) {
  button.addEventListener("click", async () => {
    const { ok, text } = await call(button.dataset.method ?? "POST", button.dataset.path, button.dataset.body);
    if (ok) location.reload();
    else said.textContent = JSON.parse(text).detail;
  });
}

document.getElementById("function").addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = document.getElementById("name").value;
  said.textContent = `${name} runs.`;
  const { text } = await call("POST", `/invoke/${name}`, document.getElementById("event").value);
  said.textContent = `${name} answered ${text}`;
});

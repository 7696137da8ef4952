// Passkeys: a form marked data-passkey asks the browser before it is sent, and sends what the authenticator answered.
// Its button comes disabled: without this script there is nothing to send.
(() => {
  "use strict";
  const usable = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);

  const optionsOf = async (form) => {
    if (form.dataset.options) return JSON.parse(form.dataset.options);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };

  const ask = async (form) => {
    const options = await optionsOf(form);
    const creates = form.dataset.passkey === "create";
    const credential = creates
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    return JSON.stringify(credential.toJSON());
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const problem = form.querySelector("[data-problem]");
    const show = (text) => { problem.textContent = text; problem.hidden = false; };
    let busy = false;
    if (!usable) {
      show(problem.dataset.unknown);
      return;
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      problem.hidden = true;
      try {
        form.elements.credential.value = await ask(form);
        form.submit(); // does not ask again
      } catch { // refused, timed out, or no authenticator there
        show(problem.dataset.refused);
      } finally {
        busy = false;
      }
    });
    form.querySelector("[type=submit]").disabled = false;
  });
})();

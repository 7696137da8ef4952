// Downloads with a progress bar: <a data-download href> and <button data-download formaction>. Without this file, and with
// a modified click, they are plain downloads.
(() => {
  "use strict";
  const card = document.querySelector("[data-download-progress]");
  if (!card || !window.ReadableStream) return;
  const text = card.querySelector("[data-text]");
  const bar = card.querySelector("progress");
  // Each row says when it was stored: in its first cell, or as a member of its JSON.
  const STORED = /(?:\n"?|"stored":\s*")(\d{4}-\d\d-\d\dT[\d:.]+Z)/g;
  let running = null;

  const say = (words, bytes = 0) => { text.textContent = words.replace("%s", (bytes / 1e6).toFixed(1)); };
  const advance = (piece, first, last) => {
    const seen = [...piece.matchAll(STORED)].at(-1);
    if (seen && last !== first) bar.value = Math.min(Math.max((Date.parse(seen[1]) - first) / (last - first), 0), 1);
  };

  const read = async (address, signal) => {
    const answer = await fetch(address, { signal, credentials: "same-origin" });
    const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "");
    if (!answer.ok || !name) { // it is a page, such as the one that names what is wrong
      location.assign(answer.url);
      return null;
    }
    const [first, last] = ["First", "Last"].map((end) => Date.parse(answer.headers.get(`X-Stored-${end}`)));
    const decoder = new TextDecoder();
    let bytes = 0;
    const counted = answer.body.pipeThrough(new TransformStream({
      transform(chunk, controller) {
        bytes += chunk.length;
        advance(decoder.decode(chunk, { stream: true }), first, last);
        say(card.dataset.running, bytes);
        controller.enqueue(chunk);
      },
    }));
    return { name: name[1], blob: await new Response(counted).blob() };
  };

  const save = ({ name, blob }) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  const start = async (address) => {
    running?.abort();
    const mine = running = new AbortController();
    card.hidden = false;
    card.dataset.state = "running";
    bar.removeAttribute("value"); // unknown until the first row has come
    say(card.dataset.running);
    try {
      const file = await read(address, mine.signal);
      if (!file) return;
      save(file);
      bar.value = 1;
      say(card.dataset.done, file.blob.size);
    } catch {
      if (mine !== running) return;
      bar.value = 0;
      say(mine.signal.aborted ? card.dataset.stopped : card.dataset.failed);
    }
    card.dataset.state = "over";
    document.getElementById("live").textContent = text.textContent;
  };

  card.querySelector("[data-stop]").addEventListener("click", () => running?.abort());
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-download]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    start(link.href);
  });
  document.addEventListener("submit", (event) => {
    if (!event.submitter?.matches("[data-download]")) return;
    event.preventDefault();
    const query = new URLSearchParams(new FormData(event.target)).toString();
    start(`${event.submitter.formAction}?${query}`);
  });
})();

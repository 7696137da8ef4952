// Progressive enhancement only: every page works without this file.
// No eval, no inline handlers, no style attributes; every word comes from data-* attributes of the page.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const root = document.documentElement;
  root.classList.add("js");

  // Spoken results: one role="status" region per page.
  const live = document.getElementById("live");
  const say = (text) => {
    if (!live || !text) return;
    live.textContent = "";
    requestAnimationFrame(() => { live.textContent = text; });
  };

  // Copy: <button data-copy="#id"> next to an <input readonly> or <textarea readonly>.
  const copyText = async (field) => {
    try {
      await navigator.clipboard.writeText(field.value);
      return true;
    } catch { // plain http, or permission refused
      field.focus();
      field.select();
      try { return document.execCommand("copy"); } catch { return false; }
    }
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const copied = await copyText(document.querySelector(button.dataset.copy));
    say(copied ? live?.dataset.copied : live?.dataset.copyFailed);
    if (!copied) return;
    button.focus();
    button.dataset.state = "copied";
    setTimeout(() => { delete button.dataset.state; }, 2000);
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-select]")) event.target.select();
  });

  // Messages stay until dismissed.
  document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".flash").remove());

  // Dialogs: <a href="…confirm page…" data-dialog="#id">. Modified clicks keep the link's own meaning.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    const dialog = opener && plain ? document.querySelector(opener.dataset.dialog) : null;
    if (dialog) {
      event.preventDefault();
      dialog.showModal(); // on close the focus goes back to the opener
      dialog.querySelector("[data-dialog-close]").focus();
    }
    const closer = event.target.closest("dialog [data-dialog-close]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog").close();
    }
  });

  // Keys of one character, where the page has the dialog that lists them: an administrator can switch them off.
  const keys = document.getElementById("keys");
  const keyed = {
    "/": () => document.querySelector("[role=search] [type=search]")?.focus(),
    "?": () => {
      keys.showModal();
      keys.querySelector("[data-dialog-close]").focus();
    },
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, dialog") || event.ctrlKey || event.metaKey || event.altKey;
    if (!keys || typing || !Object.hasOwn(keyed, event.key)) return;
    event.preventDefault();
    keyed[event.key]();
  });

  // A form marked data-once is sent one time: the answer to a second click would replace the answer with the secret.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-once]")) return;
    if (event.target.dataset.sent) event.preventDefault();
    else event.target.dataset.sent = "true";
  });
  addEventListener("pageshow", () => all("[data-once]").forEach((form) => { delete form.dataset.sent; }));

  // A shown secret: ask before leaving until it was copied or confirmed, and never leave it in a cached page.
  all("[data-secret]").forEach((field) => {
    let kept = false;
    const keep = () => { kept = true; };
    field.addEventListener("copy", keep);
    all("[data-secret-kept], [data-copy]", field.closest("section")).forEach((el) => el.addEventListener("click", keep));
    addEventListener("beforeunload", (event) => { if (!kept) event.preventDefault(); });
    addEventListener("pagehide", () => { field.value = ""; });
  });

  // Label picker: filter box and removable chips over a plain tree of checkboxes.
  all("[data-labelpicker]").forEach((picker) => {
    const chips = picker.querySelector("[data-chips]");
    const count = picker.querySelector("[data-count]");
    const filter = picker.querySelector("[data-filter]");
    const draw = () => {
      const chosen = all("input[type=checkbox]:checked", picker);
      chips.replaceChildren(...chosen.filter((box) => !box.disabled).map((box) => {
        const item = document.createElement("li");
        const chip = document.createElement("button");
        chip.type = "button";
        chip.className = "chip";
        chip.textContent = box.dataset.path;
        chip.setAttribute("aria-label", picker.dataset.removeText.replace("%s", box.dataset.path));
        chip.addEventListener("click", () => {
          box.checked = false;
          box.dispatchEvent(new Event("change", { bubbles: true }));
          filter.focus();
        });
        item.append(chip);
        return item;
      }));
      count.textContent = picker.dataset.countText.replace("%s", chosen.length);
    };
    picker.addEventListener("change", draw);
    draw();
    filter.addEventListener("input", (event) => {
      event.stopPropagation(); // typing in the filter is not a change of the form
      const wanted = filter.value.trim().toLocaleLowerCase(root.lang);
      const items = all("li[data-path]", picker);
      const hits = items.filter((item) => item.dataset.path.toLocaleLowerCase(root.lang).includes(wanted));
      items.forEach((item) => { item.hidden = !hits.some((hit) => item.contains(hit)); });
      say(picker.dataset.foundText.replace("%s", hits.length));
    });
    filter.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  });

  // Narrow screens lay table rows out as cards; some browsers then forget that it is a table, so say it again.
  // (Written into the HTML these roles would be redundant, and invalid on cells.)
  const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };
  const nameTableParts = (root) => {
    all(".tbl, .tbl :is(thead, tbody, tfoot, tr, td, th)", root).forEach((el) => {
      const header = el.scope === "row" ? "rowheader" : "columnheader";
      el.setAttribute("role", el.tagName === "TH" ? header : roles[el.tagName]);
    });
  };
  nameTableParts(document);

  // Unsaved changes: <form data-guard> with an optional [data-dirtybar].
  all("form[data-guard]").forEach((form) => {
    const snapshot = () => new URLSearchParams(new FormData(form)).toString();
    const start = snapshot();
    const bar = form.querySelector("[data-dirtybar]");
    const state = bar?.querySelector(".state");
    let sent = false;
    const dirty = () => !sent && (form.dataset.guard === "dirty" || snapshot() !== start);
    const show = () => {
      if (!bar) return;
      const now = String(dirty());
      if (bar.dataset.dirty === now) return;
      bar.dataset.dirty = now;
      state.textContent = now === "true" ? state.dataset.dirtyText : state.dataset.cleanText;
    };
    form.addEventListener("input", show);
    form.addEventListener("change", show);
    form.addEventListener("submit", () => { sent = true; });
    addEventListener("pageshow", () => { sent = false; });
    addEventListener("beforeunload", (event) => { if (dirty()) event.preventDefault(); });
    show();
  });

  // Error summaries and new secrets take the focus when the page opens.
  document.querySelector("[data-focus]")?.focus();
})();

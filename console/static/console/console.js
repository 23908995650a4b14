// The keyboard and screen readers: "/" opens the search, dialogs take and give back the focus, select boxes have names.
(() => {
  "use strict";
  const typing = (target) => target.closest("input, textarea, select, [contenteditable=true]") !== null;
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
      event.preventDefault();
      window.dispatchEvent(new CustomEvent("opencommand"));
    }
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (!window.matchMedia("(min-width: 641px)").matches) return;
    for (const fold of document.querySelectorAll("details[data-open-when-wide]")) fold.open = true;
  });

  let opener = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.getAttribute("hx-target") === "#modal-content") opener = event.target;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "modal-content") return;
    const first = event.target.querySelector("#dialog-form :is(input, select, textarea):not([type=hidden])");
    window.setTimeout(() => (first || event.target.querySelector("button")).focus(), 50);
  });
  document.addEventListener("keydown", (event) => {
    const modal = document.getElementById("modal-content");
    if (!modal || modal.offsetParent === null && modal.getClientRects().length === 0) return;
    if (event.key === "Escape" && opener) window.setTimeout(() => opener.focus(), 50);
    if (event.key !== "Tab") return;
    const inside = [...modal.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea")].filter(
      (one) => one.getClientRects().length > 0,
    );
    if (inside.length === 0) return;
    const last = inside[inside.length - 1];
    const leaving = event.shiftKey ? inside[0] : last;
    if (document.activeElement === leaving || !modal.contains(document.activeElement)) {
      event.preventDefault();
      (event.shiftKey ? last : inside[0]).focus();
    }
  });

  const nameSelects = () => {
    for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
      const label = document.querySelector(`label[for="${select.id}"]`);
      const box = select.nextElementSibling;
      if (!label || !box) continue;
      for (const part of box.querySelectorAll("[role=combobox], [role=textbox]")) {
        part.setAttribute("aria-label", label.textContent.trim());
        part.removeAttribute("aria-labelledby");
      }
    }
  };
  new MutationObserver(nameSelects).observe(document.documentElement, { childList: true, subtree: true });
  nameSelects();
})();

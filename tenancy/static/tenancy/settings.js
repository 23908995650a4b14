/* Saves round trips on the pages of settings: adding, removing and moving entries, a colour picker, filtering the menu.
   Everything works without it: the same buttons submit the form, and the server does the same. */
"use strict";
(() => {
  const entries = (list) => [...list.querySelectorAll(":scope > ol > [data-entry]")];

  const refresh = (list) => {
    const rows = entries(list);
    rows.forEach((row, at) => {
      const own = (move) => [...row.querySelectorAll(`[data-move="${move}"]`)].filter((b) => b.closest("[data-entry]") === row);
      own("up").forEach((b) => { b.disabled = at === 0; });
      own("down").forEach((b) => { b.disabled = at === rows.length - 1; });
    });
    const add = list.querySelector(":scope > [data-add]");
    if (add) { add.hidden = rows.length >= Number(list.dataset.max); }
  };

  const say = (text) => {
    let region = document.getElementById("f-live");
    if (!region) {
      region = document.createElement("p");
      region.id = "f-live";
      region.className = "ts-hidden";
      region.setAttribute("role", "status");
      document.querySelector(".ts-main").append(region);
    }
    region.textContent = text;
  };

  const add = (list) => {
    const used = entries(list).map((row) => Number(row.querySelector(":scope > input").value));
    const id = String(Math.max(-1, ...used) + 1);
    const holder = document.createElement("ol");
    const prefix = `${list.dataset.list}.`;
    const source = list.querySelector(":scope > template");
    holder.append(source.content.cloneNode(true));
    const idPrefix = `f-${prefix.replace(/[^A-Za-z0-9_-]/g, "-")}`;
    const swap = (root) => {
      root.querySelectorAll("*").forEach((node) => {
        for (const attribute of [...node.attributes]) {
          const value = attribute.value
            .replaceAll(`${prefix}__new__`, prefix + id)
            .replaceAll(`${idPrefix}__new__`, idPrefix + id);
          if (value !== attribute.value) { node.setAttribute(attribute.name, value); }
        }
        if (node.tagName === "TEMPLATE") { swap(node.content); }
      });
    };
    swap(holder);
    const row = holder.firstElementChild;
    row.querySelector(":scope > input").value = id;
    list.querySelector(":scope > ol").append(row);
    refresh(list);
    const first = row.querySelector("input:not([type=hidden]), select, textarea");
    if (first) { first.focus(); }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-add], button[data-move]");
    const list = button && button.closest("[data-list]");
    if (!list) { return; }
    event.preventDefault();
    if ("add" in button.dataset) { add(list); return; }
    const row = button.closest("[data-entry]");
    const owner = row.closest("[data-list]");
    const label = row.querySelector("legend, label");
    if (button.dataset.move === "remove") {
      const next = row.nextElementSibling || row.previousElementSibling;
      row.remove();
      const target = next ? next.querySelector("[data-move=remove]") : owner.querySelector(":scope > [data-add]");
      if (target) { target.focus(); }
    } else if (button.dataset.move === "up" && row.previousElementSibling) {
      row.previousElementSibling.before(row);
    } else if (button.dataset.move === "down" && row.nextElementSibling) {
      row.nextElementSibling.after(row);
    }
    refresh(owner);
    if (document.activeElement !== button && row.isConnected && !button.disabled) { button.focus(); }
    say(`${label ? label.textContent.trim() : ""}: ${button.dataset.move} (${entries(owner).indexOf(row) + 1})`);
  });

  document.querySelectorAll("[data-colour]").forEach((box) => {
    const text = box.querySelector("input");
    const picker = document.createElement("input");
    picker.type = "color";
    picker.setAttribute("aria-label", document.querySelector(`label[for="${text.id}"]`).textContent.trim());
    const follow = () => { if (/^#[0-9a-f]{6}$/i.test(text.value)) { picker.value = text.value; } };
    follow();
    const swatch = box.querySelector("svg");
    if (swatch) { swatch.remove(); }
    picker.addEventListener("input", () => { text.value = picker.value; });
    text.addEventListener("input", follow);
    box.prepend(picker);
  });

  // Typing inside an object that is not set means wanting it.
  document.addEventListener("input", (event) => {
    const fieldset = event.target.closest("fieldset");
    const box = fieldset && fieldset.querySelector(":scope > p > input[name$=':on']");
    if (box && event.target !== box) { box.checked = true; }
  });
})();

"use strict";
// Only a convenience: without it, everything is there to read. Nothing here makes markup of text.
(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const form = byId("filter");
  const theme = byId("theme");
  const status = byId("status");
  const total = form ? Number(form.dataset.changes) : 0;
  const kinds = form ? [...form.querySelectorAll("input[type=checkbox]")] : [];

  const memberPlaces = ["ul.ids > li", "ul.members > li", "table.members > tbody"]
    .map((place) => `:scope > .inside > ${place}`)
    .join(", ");

  // A group of alike changes: what its head says, and what its members do. Made when the first filter needs it.
  let groups = null;
  const read = () => {
    groups ??= [...document.querySelectorAll(".group")].map((element) => ({
      element,
      kind: element.dataset.kind,
      queue: element.dataset.queue,
      changes: Number(element.dataset.changes),
      unlisted: Number(element.dataset.unlisted || 0),
      text: [
        element.closest(".block").querySelector("header"),
        ...element.querySelectorAll(":scope > .head, :scope > .inside > :not(.members, .ids)"),
      ]
        .map((part) => part.textContent)
        .join("\n")
        .toLowerCase(),
      members: [...element.querySelectorAll(memberPlaces)].map((member) => ({
        element: member,
        text: member.textContent.toLowerCase(),
      })),
    }));
    return groups;
  };

  const wanted = () => ({
    text: form.elements.q.value.trim().toLowerCase(),
    queue: form.elements.queue.value,
    kinds: new Set(kinds.filter((box) => box.checked).map((box) => box.value)),
  });

  // How many changes of the group are to be seen.
  const show = (group, filter) => {
    const { element } = group;
    const outside = !filter.kinds.has(group.kind) || (filter.queue !== "" && group.queue !== filter.queue);
    const whole = filter.text === "" || group.text.includes(filter.text);
    let shown = outside ? 0 : whole ? group.changes : 0;
    if (!outside) {
      for (const member of group.members) {
        const match = whole || member.text.includes(filter.text);
        member.element.hidden = !match;
        if (match && !whole) shown += 1;
      }
    }
    element.hidden = shown === 0;
    if (shown > 0 && !whole && !element.open) {
      element.open = true;
      element.dataset.opened = "";
    } else if (whole && "opened" in element.dataset) {
      element.open = false;
      delete element.dataset.opened;
    }
    return { shown, unread: outside || whole ? 0 : group.unlisted };
  };

  const apply = () => {
    const filter = wanted();
    let shown = 0;
    let unread = 0;
    for (const group of read()) {
      const result = show(group, filter);
      shown += result.shown;
      unread += result.unread;
    }
    for (const block of document.querySelectorAll(".block")) {
      block.hidden = block.querySelector(".group:not([hidden])") === null;
    }
    const rest = Number(form.dataset.unlisted);
    status.textContent =
      (shown === total ? `${total} changes` : `${shown} of ${total} changes`) +
      (filter.text !== "" && unread + rest > 0 ? ` (${unread + rest} are in the JSON alone, and not searched)` : "");
  };

  // The view is in the address, so that a link keeps it.
  const remember = () => {
    const state = new URLSearchParams();
    if (form) {
      const filter = wanted();
      if (form.elements.q.value !== "") state.set("q", form.elements.q.value);
      if (filter.queue !== "") state.set("queue", filter.queue);
      if (filter.kinds.size !== kinds.length) state.set("kind", [...filter.kinds].join(","));
    }
    if (root.dataset.theme) state.set("theme", root.dataset.theme);
    try {
      history.replaceState(null, "", "#" + state.toString());
    } catch {
      // A viewer that shows the file in a frame of its own may forbid it.
    }
  };

  const recall = () => {
    const hash = location.hash.slice(1);
    const isPlace = hash !== "" && !hash.includes("=");
    if (isPlace && groups !== null) return;
    const state = new URLSearchParams(isPlace ? "" : hash);
    if (["light", "dark"].includes(state.get("theme"))) root.dataset.theme = state.get("theme");
    if (!form) return;
    form.elements.q.value = state.get("q") ?? "";
    form.elements.queue.value = state.get("queue") ?? "";
    if (form.elements.queue.selectedIndex < 0) form.elements.queue.value = "";
    const chosen = state.has("kind") ? state.get("kind").split(",") : null;
    for (const box of kinds) box.checked = chosen === null || chosen.includes(box.value);
    const filters = ["q", "queue", "kind"].some((name) => state.has(name));
    if (filters || groups !== null) apply();
    else status.textContent = `${total} changes`;
  };

  if (form) {
    form.hidden = false;
    let waiting = 0;
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        apply();
        remember();
      }, 60);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => {
      setTimeout(() => {
        apply();
        remember();
      });
    });
    byId("unfold").addEventListener("click", (event) => {
      const open = event.target.getAttribute("aria-pressed") !== "true";
      event.target.setAttribute("aria-pressed", String(open));
      for (const group of read()) if (!group.element.hidden) group.element.open = open;
    });
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input[type=search], select, textarea") !== null;
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        form.elements.q.focus();
      }
    });
  }

  theme.hidden = false;
  theme.addEventListener("click", () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = (root.dataset.theme ?? (dark ? "dark" : "light")) === "dark" ? "light" : "dark";
    remember();
  });
  addEventListener("hashchange", recall);
  recall();
})();

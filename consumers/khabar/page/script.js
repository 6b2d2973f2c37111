"use strict";
// Shows what the row of a mark says beside the mark: on hover, focus and tap. Without this script every mark is a link to its row.
(() => {
  const text = document.querySelector(".record");
  if (!text) return;
  const card = document.createElement("div");
  card.id = "card";
  card.hidden = true;
  card.lang = "ar";
  card.dir = "rtl";
  card.setAttribute("role", "status");
  document.body.append(card);
  let pinned = false;
  let lit = [];

  const label = (words) => {
    const made = document.createElement("span");
    made.className = "kind-of";
    made.lang = "en";
    made.dir = "ltr";
    made.textContent = words;
    return made;
  };
  // Moves nothing and keeps no id: a row is shown twice, and named once.
  const copy = (node) => {
    const made = node.cloneNode(true);
    for (const each of [made, ...made.querySelectorAll("[id]")]) each.removeAttribute("id");
    for (const each of made.querySelectorAll("a[href^='#']")) each.replaceWith(...each.childNodes);
    return made;
  };
  const entry = (row) => {
    const made = document.createElement("div");
    made.className = "entry";
    const title = row.closest(".group")?.querySelector("h3") ?? row.closest("section").querySelector("h2");
    made.append(label(title.textContent));
    if (row.tagName === "TR") {
      const heads = row.closest("table").querySelectorAll("thead th");
      const list = document.createElement("dl");
      [...row.cells].forEach((cell, at) => {
        const name = document.createElement("dt");
        name.append(...copy(heads[at]).childNodes);
        name.lang = "en";
        name.dir = "ltr";
        const value = document.createElement("dd");
        value.append(...copy(cell).childNodes);
        value.lang = cell.lang;
        list.append(name, value);
      });
      made.append(list);
    } else {
      made.append(...copy(row).childNodes);
    }
    if (row.dataset.also) made.append(copy(document.getElementById(row.dataset.also)));
    return made;
  };
  const hide = () => {
    card.hidden = true;
    pinned = false;
    for (const each of lit) each.classList.remove("lit");
    lit = [];
  };
  const show = (mark) => {
    const rows = mark.dataset.rows.split(" ").map((id) => document.getElementById(id)).filter(Boolean);
    if (!rows.length) return;
    hide();
    card.replaceChildren(...rows.map(entry));
    card.hidden = false;
    const first = mark.dataset.rows.split(" ")[0];
    lit = [...text.querySelectorAll("[data-rows]")].filter((each) => each.dataset.rows.split(" ").includes(first) && !each.matches(".badge"));
    for (const each of lit) each.classList.add("lit");
    const place = mark.getClientRects()[0];
    const { width, height } = card.getBoundingClientRect();
    const left = Math.min(Math.max(8, place.right - width), innerWidth - width - 8);
    const below = place.bottom + 10;
    card.style.left = `${left}px`;
    card.style.top = `${below + height < innerHeight ? below : Math.max(8, place.top - height - 10)}px`;
  };
  const markOf = (event) => event.target instanceof Element && event.target.closest("article [data-rows]");
  const canHover = matchMedia("(hover: hover)");
  text.addEventListener("mouseover", (event) => {
    const mark = markOf(event);
    if (canHover.matches && mark && !pinned) show(mark);
  });
  text.addEventListener("mouseout", () => {
    if (canHover.matches && !pinned) hide();
  });
  text.addEventListener("focusin", (event) => {
    const mark = markOf(event);
    if (mark && event.target.matches(":focus-visible")) show(mark);
  });
  text.addEventListener("focusout", () => {
    if (!pinned) hide();
  });
  document.addEventListener("click", (event) => {
    const mark = markOf(event);
    const inside = event.target.closest("a[href^='#']");
    if (mark) {
      event.preventDefault();
      show(mark);
      pinned = true;
    } else if (!card.contains(event.target)) {
      hide();
    }
    // In a notebook's frame an address of this page is one of the page around it.
    if (!mark && inside && location.protocol === "about:") {
      event.preventDefault();
      document.getElementById(inside.hash.slice(1))?.scrollIntoView({ block: "center" });
      document.getElementById(inside.hash.slice(1))?.focus({ preventScroll: true });
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
})();

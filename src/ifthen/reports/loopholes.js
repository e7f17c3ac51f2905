"use strict";
(() => {
  document.documentElement.classList.add("js");
  const form = document.getElementById("filters");
  const cells = [...document.querySelectorAll("td[data-state]")];
  const count = new Intl.NumberFormat("en");

  function update() {
    const want = Object.fromEntries(new FormData(form));
    for (const part of document.querySelectorAll("[data-developer]")) {
      part.hidden = want.developer !== "" && part.dataset.developer !== want.developer;
    }
    for (const column of document.querySelectorAll(".scorecard [data-harm]")) {
      column.hidden = want.harm !== "" && column.dataset.harm !== want.harm;
    }
    for (const one of document.querySelectorAll(".tested")) {
      one.hidden =
        (want.harm !== "" && one.dataset.harm !== want.harm) ||
        (want.state !== "" && one.dataset.state !== want.state);
    }
    let shown = 0;
    for (const cell of cells) {
      const other = want.state !== "" && cell.dataset.state !== want.state;
      cell.classList.toggle("other", other);
      if (!other && !cell.hidden && !cell.closest("[hidden]")) shown += 1;
    }
    form.elements.shown.value = `${count.format(shown)} of ${count.format(cells.length)} cells`;
  }

  function reveal() {
    const name = decodeURIComponent(location.hash.slice(1));
    const target = name && document.getElementById(name);
    if (!target) return;
    if (form && target.closest("[hidden]")) {
      form.reset();
      update();
    }
    const fold = target.closest("details");
    if (fold) fold.open = true;
    target.scrollIntoView();
  }

  if (form) {
    form.addEventListener("input", update);
    form.addEventListener("reset", () => setTimeout(update));
    update();
  }
  addEventListener("hashchange", reveal);
  reveal();
})();

"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const form = document.getElementById("filters");
  const found = [...document.querySelectorAll(".finding")].map((node) => ({
    node,
    data: node.dataset,
    members: node.dataset.members.split(" ").map((pair) => pair.split(".")),
    words: null,
  }));
  const numbers = [...document.querySelectorAll("[data-total]")];
  const count = new Intl.NumberFormat("en");
  const wordsOf = (one) => (one.words ??= one.node.textContent.toLowerCase());

  function wanted() {
    const data = new FormData(form);
    const [clauseKind, clauseName] = (data.get("clause") || ":").split(":");
    return {
      statuses: new Set(data.getAll("status")),
      policy: data.get("policy"),
      subject: data.get("subject"),
      kind: clauseKind === "kind" ? clauseName : "",
      clause: clauseKind === "clause" ? clauseName : "",
      force: data.get("force"),
      words: data.get("words").toLowerCase().split(/\s+/).filter(Boolean),
    };
  }

  function matches(one, want) {
    const { data } = one;
    if (want.kind && data.kind !== want.kind) return 0;
    if (want.clause && data.clause !== want.clause) return 0;
    if (want.force && data.force !== want.force) return 0;
    if (!want.words.every((word) => wordsOf(one).includes(word))) return 0;
    return one.members.filter(
      ([policy, subject]) =>
        (!want.policy || want.policy === policy) && (!want.subject || want.subject === subject),
    ).length;
  }

  function update() {
    const want = wanted();
    const active =
      want.statuses.size + want.words.length > 0 ||
      [want.policy, want.subject, want.kind, want.clause, want.force].some(Boolean);
    const byStatus = new Map();
    let shown = 0;
    for (const one of found) {
      const hits = matches(one, want);
      byStatus.set(one.data.status, (byStatus.get(one.data.status) || 0) + hits);
      const visible = want.statuses.size && !want.statuses.has(one.data.status) ? 0 : hits;
      one.hits = visible;
      one.node.hidden = visible === 0;
      shown += visible;
    }
    for (const input of form.querySelectorAll("[name=status]")) {
      input.parentNode.querySelector(".live").textContent = count.format(byStatus.get(input.value) || 0);
    }
    for (const number of numbers) {
      const group = number.closest(".reason, .group");
      const inside = found.filter((one) => group.contains(one.node));
      const hits = inside.reduce((sum, one) => sum + one.hits, 0);
      const total = Number(number.dataset.total);
      number.textContent = hits === total ? count.format(total) : `${count.format(hits)} of ${count.format(total)}`;
      group.hidden = active && hits === 0;
      const fold = group.matches("details") ? group : group.querySelector(":scope > details.fold");
      if (fold) fold.open = active && hits > 0 && inside.filter((one) => one.hits).length <= 60;
    }
    for (const group of document.querySelectorAll(".unfiltered")) group.hidden = active;
    form.elements.shown.value = `${count.format(shown)} of ${count.format(
      found.reduce((sum, one) => sum + one.members.length, 0),
    )} findings`;
  }

  function reveal() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest(".finding")?.hidden) {
      form.reset();
      update();
    }
    for (let node = target; node; node = node.parentElement) {
      if (node.matches("details")) node.open = true;
    }
    target.scrollIntoView({ block: "start" });
  }

  const faults = () => document.querySelectorAll("details.fault");
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...faults()].filter((node) => !node.open);
    for (const node of folded) node.open = true;
  });
  addEventListener("afterprint", () => {
    for (const node of folded) node.open = false;
  });
  addEventListener("hashchange", reveal);
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(update, 80);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(update));
  form.addEventListener("click", (event) => {
    const action = event.target.dataset.do;
    if (!action) return;
    for (const one of found) {
      if (!one.node.hidden && "open" in one.node) one.node.open = action === "open";
    }
  });
  update();
  reveal();
})();

// Everything below is a convenience: without it the report is complete but for findings that are packed in the file.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  const PAGE = 25;

  const dark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const name = () => { $("theme").textContent = dark() ? "Light" : "Dark"; };
  $("theme").hidden = $("print").hidden = false;
  $("theme").onclick = () => { root.dataset.theme = dark() ? "light" : "dark"; name(); };
  $("print").onclick = () => print();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);
  name();
  if (matchMedia("(max-width: 40rem)").matches) document.querySelector(".toc details").open = false;

  const table = $("prices");
  if (!table) return;
  const bodies = [...table.tBodies];
  const text = new Map(bodies.map((body) => [body, body.rows[0].textContent.toLowerCase()]));
  const rows = new Map(bodies.map((body) => [body, [...body.querySelectorAll(".finding")]]));

  // Findings that are not in the HTML: {anchor: [[message, where, share, id], ...]}
  let packed = null;
  const unpack = async () => {
    if (packed) return packed;
    const element = $("packed");
    if (!element || !element.textContent) return (packed = {});
    const bytes = Uint8Array.from(atob(element.textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return (packed = await new Response(stream).json());
  };
  const make = (tag, style, content) => {
    const element = document.createElement(tag);
    if (style) element.className = style;
    element.textContent = content;
    return element;
  };
  const item = ([message, where, share, id]) => {
    const row = make("li", "finding", "");
    const at = make("p", "at", "");
    at.append(make("span", "path", where), " ", make("small", "", share), " ", make("span", "path", id));
    row.append(make("p", "", message), at);
    return row;
  };
  const add = (body, findings) => {
    const made = findings.map(item);
    body.querySelector("ol").append(...made);
    rows.get(body).push(...made);
    return made;
  };
  const show = async (button) => {
    const body = $(button.dataset.more);
    const all = (await unpack())[body.id] || [];
    const from = Number(button.dataset.from || 0);
    add(body, all.slice(from, from + PAGE));
    button.dataset.from = from + PAGE;
    button.hidden = from + PAGE >= all.length;
  };
  if ($("packed") && "DecompressionStream" in window) {
    for (const button of table.querySelectorAll("[data-more]")) {
      button.hidden = false;
      button.onclick = () => show(button);
    }
  }

  // Search: findings in the page are hidden or shown; matches among the packed ones are counted.
  const among = (body, query) =>
    ((packed || {})[body.id] || []).filter((row) => row.some((part) => part.toLowerCase().includes(query))).length;
  const filter = async () => {
    const query = $("query").value.trim().toLowerCase();
    const [category, kind] = [$("category").value, $("kind").value];
    if (query) await unpack().catch(() => (packed = {}));
    let [estimates, findings, hours] = [0, 0, 0];
    for (const body of bodies) {
      const whole = !query || text.get(body).includes(query);
      let hits = 0;
      for (const row of rows.get(body)) {
        row.hidden = !(whole || row.textContent.toLowerCase().includes(query));
        hits += !row.hidden;
      }
      hits = whole ? Number(body.dataset.count) : hits + among(body, query);
      const fits = (!category || body.dataset.category === category) && (!kind || body.dataset.kind === kind);
      body.hidden = !(fits && (whole || hits));
      if (body.hidden) continue;
      estimates += 1;
      findings += hits;
      hours += Number(body.dataset.hours);
      const details = body.querySelector("details");
      if (query && !whole && details) details.open = true;
    }
    if (table.tFoot) table.tFoot.hidden = Boolean(query || category || kind);
    $("status").textContent = estimates
      ? `${estimates} of ${bodies.length} causes, ${findings} finding${findings === 1 ? "" : "s"}, ${hours.toFixed(1)} hours together.`
      : "No finding matches. Clear a filter to see more.";
  };
  let timer;
  $("filter").hidden = false;
  $("filter").addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(filter, 80); });
  $("filter").addEventListener("submit", (event) => event.preventDefault());
  $("filter").addEventListener("reset", () => setTimeout(() => {
    for (const details of table.querySelectorAll("details")) details.open = false;
    filter();
  }));
  for (const link of document.querySelectorAll("a[data-category]")) {
    link.addEventListener("click", () => { $("category").value = link.dataset.category; filter(); });
  }

  let [by, direction] = ["hours", -1];
  const order = new Map(bodies.map((body, index) => [body, index]));
  const value = (body) => (by === "title" ? text.get(body) : Number(body.dataset[by]));
  for (const button of table.querySelectorAll(".sort")) {
    button.disabled = false;
    button.onclick = () => {
      direction = button.dataset.key === by ? -direction : button.dataset.key === "title" ? 1 : -1;
      by = button.dataset.key;
      bodies.sort((one, other) => {
        const [a, b] = [value(one), value(other)];
        return a === b ? order.get(one) - order.get(other) : (a < b ? -1 : 1) * direction;
      });
      for (const body of bodies) table.insertBefore(body, table.tFoot);
      for (const heading of table.querySelectorAll("[aria-sort]")) heading.setAttribute("aria-sort", "none");
      button.parentNode.setAttribute("aria-sort", direction < 0 ? "descending" : "ascending");
    };
  }

  const jump = () => {
    const body = location.hash.startsWith("#e-") && $(location.hash.slice(1));
    if (!body) return;
    body.hidden = false;
    const details = body.querySelector("details");
    if (details) details.open = true;
    body.scrollIntoView();
  };
  addEventListener("hashchange", jump);
  jump();
})();

"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const by = (id) => document.getElementById(id);
const canvas = by("picture"), pen = canvas.getContext("2d");
const drawn = data.concepts.filter((concept) => concept.at);
const edges = data.relations.filter((relation) => data.concepts[relation.a].at && data.concepts[relation.b].at);
const links = data.concepts.map(() => []);  // of each concept, strongest first: so they come
const speaks = data.concepts.map(() => []);  // the sources that speak of it
for (const relation of data.relations) {
  links[relation.a].push(relation);
  links[relation.b].push(relation);
}
data.concepts.forEach((concept, number) => { concept.number = number; });
data.sources.forEach((source) => {
  source.mentions.forEach(([concept, count]) => speaks[concept].push([source, count]));
});
speaks.forEach((list) => list.sort((one, two) => two[1] - one[1]));
const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/[-\s]+/g, " ").trim();
const MANY = 200, RELATED = 12, QUOTES = 2;
let chosen = null, chinese = false, view = { x: 0, y: 0, scale: 1 }, fitted = true;

const shown = (concept) => (chinese && concept.zh) || concept.name;

function make(tag, text, more) {  // text goes in as text: no name or quote is ever read as HTML
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  return Object.assign(element, more);
}

function anchor(source) {
  const title = source.title || source.url;
  if (!/^https?:\/\//i.test(source.url)) return make("span", title, { lang: source.lang });
  return make("a", title, { href: source.url, rel: "noreferrer noopener", target: "_blank", lang: source.lang });
}

function dot(colour) {  // drawn, as the page's policy allows no inline style
  const sign = make("canvas", "", { className: "dot", width: 20, height: 20 });
  const ink = sign.getContext("2d");
  ink.fillStyle = colour;
  ink.beginPath();
  ink.arc(10, 10, 9, 0, 7);
  ink.fill();
  sign.setAttribute("aria-hidden", "true");
  return sign;
}

// ---- the list

const spellings = data.concepts.map((c) => [c.name, c.en, c.zh, ...c.aliases].map(fold));
const titles = data.sources.map((source) => fold(`${source.title} ${source.url}`));

function search() {
  const query = fold(by("query").value);
  const score = (names) => Math.max(...names.map((name) =>
    name === query ? 3 : name.startsWith(query) ? 2 : name.includes(query) ? 1 : 0));
  const concepts = data.concepts
    .map((concept, number) => [query ? score(spellings[number]) : 1, concept])
    .filter(([points]) => points)
    .sort((one, two) => two[0] - one[0])
    .map(([, concept]) => concept);
  const sources = data.sources.filter((_, number) => query ? titles[number].includes(query) : !concepts.length);
  const found = [...concepts, ...sources];
  by("count").textContent = `${concepts.length} ideas, ${query ? sources.length : data.sources.length} sources` +
    (found.length > MANY ? `; the first ${MANY} are listed` : "");
  by("results").replaceChildren(...found.slice(0, MANY).map((item) => {
    const button = make("button", "", { type: "button" });
    const name = make("span", item.name === undefined ? item.title || item.url : shown(item));
    button.append(item.colour ? dot(item.colour) : make("span", "§", { className: "other" }), name);
    button.setAttribute("aria-current", String(item === chosen));
    button.addEventListener("click", () => choose(item));
    const row = make("li");
    row.append(button);
    return row;
  }));
}

// ---- the details

function quotes(relation) {
  const kept = [], had = {};
  for (const quote of relation.quotes) {  // some in each language, best first
    had[quote[1]] = (had[quote[1]] || 0) + 1;
    if (had[quote[1]] <= QUOTES) kept.push(quote);
  }
  return kept.map(said);
}

function said([number, lang, text]) {
  const block = make("blockquote", "", { lang });
  const foot = make("footer", "");
  foot.append(anchor(data.sources[number]), ` ${lang}`);
  block.append(make("span", text), foot);
  return block;
}

function related(concept, relation) {
  const other = data.concepts[relation.a === concept.number ? relation.b : relation.a];
  const away = relation.symmetric || relation.a === concept.number;
  const row = make("div", "", { className: "related" });
  const button = make("button", shown(other), { type: "button" });
  button.addEventListener("click", () => choose(other));
  const told = ` ${away ? "" : "← "}${relation.type} · ${relation.weight.toFixed(2)}`;
  row.append(button, make("span", told, { className: "other" }), ...quotes(relation));
  return row;
}

function aboutConcept(concept) {
  const page = [make("h1", shown(concept))];
  const names = [...new Set([concept.en, concept.zh, concept.name, ...concept.aliases])];
  const others = names.filter((name) => name && name !== shown(concept));
  if (others.length) page.push(make("p", others.join(" · ")));
  const facts = [concept.kind, `${concept.sources} sources`, `${concept.mentions} mentions`].filter(Boolean);
  page.push(make("p", facts.join(" · "), { className: "other" }), ...concept.definitions.map(said));
  const near = links[concept.number];
  if (near.length) {
    page.push(make("h2", `Related ideas (${near.length})`), ...near.slice(0, RELATED).map((r) => related(concept, r)));
    if (near.length > RELATED) {
      const more = make("button", `${near.length - RELATED} more`, { type: "button" });
      more.addEventListener("click", () => more.replaceWith(...near.slice(RELATED).map((r) => related(concept, r))));
      page.push(more);
    }
  }
  if (speaks[concept.number].length) {
    const list = make("ul", "", { className: "plain" });
    for (const [source, count] of speaks[concept.number]) {
      const row = make("li");
      row.append(anchor(source), make("span", ` ${count}`, { className: "other" }));
      list.append(row);
    }
    page.push(make("h2", `Sources (${speaks[concept.number].length})`), list);
  }
  return page;
}

function aboutSource(source) {
  const list = make("ul", "", { className: "plain" });
  for (const [number, count] of source.mentions) {
    const row = make("li", "", { className: "related" });
    const button = make("button", shown(data.concepts[number]), { type: "button" });
    button.addEventListener("click", () => choose(data.concepts[number]));
    row.append(button, make("span", ` ${count}`, { className: "other" }));
    list.append(row);
  }
  const head = make("h1");
  head.append(anchor(source));
  const facts = [source.lang, source.site].filter(Boolean).join(" · ");
  return [head, make("p", facts, { className: "other" }), make("h2", `Ideas (${source.mentions.length})`), list];
}

function welcome() {
  return [make("h1", "Ideas and how they hang together"),
    make("p", `${data.concepts.length} ideas from ${data.sources.length} sources, ${data.relations.length} relations.`),
    make("p", "Choose an idea in the picture or the list: its names, its sources, and what belongs to it, " +
      "each with the sentences that say so."),
    make("p", drawn.length < data.concepts.length
      ? `The picture shows the ${drawn.length} that matter most; the list has all.` : "", { className: "other" }),
    make("p", "Keys: / search, Esc back, arrows, + and − in the picture.", { className: "other" })];
}

function choose(item, quiet) {
  chosen = item;
  const about = !item ? welcome() : item.name === undefined ? aboutSource(item) : aboutConcept(item);
  by("details").replaceChildren(...about);
  by("details").scrollTop = 0;
  if (!quiet) {
    history.replaceState(null, "", item && item.id ? `#${encodeURIComponent(item.id)}` : "#");
    if (item && item.at) bring(item);
    if (item && matchMedia("(max-width: 900px)").matches) by("details").scrollIntoView({ block: "nearest" });
  }
  search();
  draw();
}

// ---- the picture

const size = () => [canvas.clientWidth, canvas.clientHeight];
const radius = (concept) => (2.5 + concept.size / 6) * Math.min(1.8, Math.max(.75, Math.sqrt(view.scale / whole())));
const place = (concept) => {
  const [width, height] = size();
  return [(concept.at[0] - view.x) * view.scale * ratio() + width / 2, (concept.at[1] - view.y) * view.scale + height / 2];
};
const ratio = () => { const [width, height] = size(); return Math.min(1.8, Math.max(.6, width / height)); };
const whole = () => { const [width, height] = size(); return Math.min((width - 90) / (2000 * ratio()), (height - 70) / 2000); };

function fit() {
  view = { x: 0, y: 0, scale: whole() };
  fitted = true;
  draw();
}

function zoom(factor, x, y) {
  const [width, height] = size();
  const [middle, centre] = chosen && chosen.at ? place(chosen) : [width / 2, height / 2];
  const [left, top] = [(x ?? middle) - width / 2, (y ?? centre) - height / 2];
  const scale = Math.min(whole() * 20, Math.max(whole() * .5, view.scale * factor));
  view.x += left / ratio() * (1 / view.scale - 1 / scale);
  view.y += top * (1 / view.scale - 1 / scale);
  view.scale = scale;
  fitted = false;
  draw();
}

function pan(x, y) {
  view.x -= x / view.scale / ratio();
  view.y -= y / view.scale;
  fitted = false;
  draw();
}

function bring(concept) {  // into sight, without moving what is in sight
  const [width, height] = size(), [x, y] = place(concept);
  if (x < 40 || y < 40 || x > width - 40 || y > height - 40) {
    [view.x, view.y] = concept.at;
    fitted = false;
  }
}

function draw() {
  const [width, height] = size(), dense = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * dense);
  canvas.height = Math.round(height * dense);
  pen.setTransform(dense, 0, 0, dense, 0, 0);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const [ink, halo, mark, line] = ["--ink", "--halo", "--mark", "--edge"].map(colour);
  const focus = chosen && chosen.at ? chosen : null;
  const mine = new Set(focus ? links[focus.number] : []);
  const near = new Set(focus ? [focus.number] : []);
  for (const relation of mine) near.add(relation.a).add(relation.b);
  const told = chosen && chosen.mentions instanceof Array ? new Set(chosen.mentions.map(([number]) => number)) : null;
  const faded = (number) => (focus && !near.has(number)) || (told && !told.has(number));
  const share = (by("share").value / 100) ** 2 * edges.length;
  const strongest = edges.length ? edges[0].weight : 1;
  by("shown").textContent = `${Math.round(share)} of ${edges.length}`;
  const stroke = (relation, style, wide) => {
    pen.strokeStyle = style;
    pen.lineWidth = wide;
    pen.beginPath();
    pen.moveTo(...place(data.concepts[relation.a]));
    pen.lineTo(...place(data.concepts[relation.b]));
    pen.stroke();
  };
  edges.slice(0, Math.round(share)).reverse().forEach((relation) => {  // weak ones first, below the strong
    const strength = relation.weight / strongest;
    stroke(relation, `rgba(${line}, ${(focus || told ? .05 : .08) + (focus || told ? .05 : .4) * strength})`, .6 + 2.2 * strength);
  });
  if (focus) {
    links[focus.number].slice().reverse().forEach((relation) => {
      if (data.concepts[relation.a].at && data.concepts[relation.b].at) {
        const strength = relation.weight / links[focus.number][0].weight;
        pen.globalAlpha = .2 + .7 * strength;
        stroke(relation, mark, .8 + 2.4 * strength);
        pen.globalAlpha = 1;
      }
    });
  }
  for (const concept of drawn.slice().reverse()) {
    const [x, y] = place(concept);
    pen.globalAlpha = faded(concept.number) ? .2 : 1;
    pen.fillStyle = concept.colour;
    pen.beginPath();
    pen.arc(x, y, radius(concept), 0, 7);
    pen.fill();
    pen.lineWidth = concept === focus ? 3 : 1;
    pen.strokeStyle = concept === focus ? mark : halo;
    pen.stroke();
  }
  pen.globalAlpha = 1;
  const strong = focus ? links[focus.number].map((r) => data.concepts[r.a === focus.number ? r.b : r.a]) : [];
  const first = focus ? [focus, ...strong.filter((concept) => concept.at)] : drawn.filter((c) => !faded(c.number));
  const taken = drawn.filter((c) => !faded(c.number)).map((concept) => {  // circles: no name hides one that matters as much
    const [x, y] = place(concept), r = radius(concept) * .8;
    return [x - r, y - r, x + r, y + r, concept];
  });
  const hides = (whose, concept) => !whose || (whose !== concept && whose.size > concept.size * .6);  // small ones give way
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  first.forEach((concept) => {
    const big = concept === focus ? 16 : 12 + Math.min(4, concept.size / 14);
    pen.font = `${concept === focus ? 700 : 500} ${big}px system-ui, "Noto Sans CJK SC", "PingFang SC", sans-serif`;
    const name = [...shown(concept)], text = name.length > 32 ? `${name.slice(0, 31).join("")}…` : name.join("");
    const wide = pen.measureText(text).width, [x, y] = place(concept), gap = radius(concept) + 4;
    const spots = [[x + gap, y], [x - gap - wide, y], [x - wide / 2, y - gap - big / 2], [x - wide / 2, y + gap + big / 2]];
    const spot = spots.find(([left, top]) => {
      const box = [left - 2, top - big * .6, left + wide + 2, top + big * .6];
      if (box[0] < 0 || box[2] > width || box[1] < 0 || box[3] > height) return false;
      return !taken.some(([a, b, c, d, whose]) => hides(whose, concept) && a < box[2] && c > box[0] && b < box[3] && d > box[1]);
    }) || (concept === focus ? spots[0] : null);
    if (!spot) return;  // no room: zooming in makes some
    taken.push([spot[0] - 2, spot[1] - big * .6, spot[0] + wide + 2, spot[1] + big * .6, null]);
    pen.lineWidth = 3.5;
    pen.strokeStyle = halo;
    pen.strokeText(text, ...spot);
    pen.fillStyle = ink;
    pen.fillText(text, ...spot);
  });
}

function at(x, y) {
  let best = null, least = 12;  // a finger is not a needle
  for (const concept of drawn) {
    const [left, top] = place(concept), away = Math.hypot(left - x, top - y) - radius(concept);
    if (away < least) [best, least] = [concept, away];
  }
  return best;
}

const fingers = new Map();
let moved = 0;
canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
  if (fingers.size === 1) moved = 0;
});
canvas.addEventListener("pointermove", (event) => {
  if (!fingers.has(event.pointerId)) {
    canvas.style.cursor = at(event.offsetX, event.offsetY) ? "pointer" : "";
    return;
  }
  const before = [...fingers.values()];
  const [x, y] = fingers.get(event.pointerId);
  fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
  moved += Math.hypot(event.offsetX - x, event.offsetY - y);
  if (fingers.size === 2) {
    const after = [...fingers.values()], wide = (p) => Math.hypot(p[0][0] - p[1][0], p[0][1] - p[1][1]) || 1;
    zoom(wide(after) / wide(before), (after[0][0] + after[1][0]) / 2, (after[0][1] + after[1][1]) / 2);
  } else if (moved > 4) pan(event.offsetX - x, event.offsetY - y);
});
canvas.addEventListener("pointerup", (event) => {
  if (fingers.size === 1 && moved <= 4) choose(at(event.offsetX, event.offsetY));
  fingers.delete(event.pointerId);
});
canvas.addEventListener("pointercancel", (event) => fingers.delete(event.pointerId));
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
}, { passive: false });
canvas.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
  if (step) pan(...step);
  else if (event.key === "+" || event.key === "=") zoom(1.25);
  else if (event.key === "-") zoom(.8);
  else if (event.key === "0") fit();
  else return;
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== by("query")) {
    event.preventDefault();
    by("query").focus();
  } else if (event.key === "Escape") {
    by("query").value = "";
    choose(null);
  }
});
by("query").addEventListener("input", search);
by("query").addEventListener("keydown", (event) => {
  const first = by("results").querySelector("button");
  if (event.key === "Enter" && first) first.click();
  if (event.key === "ArrowDown" && first) { event.preventDefault(); first.focus(); }
});
by("results").addEventListener("keydown", (event) => {
  const row = event.target.closest("li");
  const next = { ArrowDown: row && row.nextSibling, ArrowUp: row && row.previousSibling }[event.key];
  if (next) { event.preventDefault(); next.firstChild.focus(); }
  else if (event.key === "ArrowUp") { event.preventDefault(); by("query").focus(); }
});
by("language").hidden = !data.concepts.some((concept) => concept.zh);
by("language").addEventListener("click", () => {
  chinese = !chinese;
  by("language").setAttribute("aria-pressed", String(chinese));
  choose(chosen, true);
});
by("share").addEventListener("input", draw);
by("in").addEventListener("click", () => zoom(1.4));
by("out").addEventListener("click", () => zoom(1 / 1.4));
by("all").addEventListener("click", fit);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
new ResizeObserver(() => (fitted ? fit() : draw())).observe(canvas);
fit();
let named = "";
try { named = decodeURIComponent(location.hash.slice(1)); } catch { /* no name of ours */ }
choose(data.concepts.find((concept) => named && concept.id === named) || null, true);

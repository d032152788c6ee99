// SPDX-License-Identifier: GPL-2.0-or-later
/* What is told beside the picture; colours, sizes and the legend. */
/* ---- words beside the picture */

function who(life) {
	const cell = element("td", life.name);
	if (life.container)
		cell.append(" ", element("span", life.container, "muted"));
	return cell;
}

function list(visible, most = LIST_MAX) {
	const rows = visible.slice(0, most).map(event => {
		const row = document.createElement("tr");
		row.className = event.outcome || "";
		row.append(element("td", time_words(event.time)),
			who(life_of(event.track)), element("td", event.words));
		return row;
	});
	$("list").replaceChildren(...rows);
	const more = visible.length - most;
	$("list-title").textContent = is_print() ? "Events" : "Events in view";
	$("more").textContent = more <= 0 ? "" : is_print() ? `${more} more are not printed.`
		: `${more} more are in view: zoom in to read them.`;
}

function choose(event) {
	chosen = event;
	const facts = document.createElement("dl");
	const fact = (name, text) => facts.append(element("dt", name), element("dd", text));
	fact("Event", event.words);
	for (const rule of event.rules || [])
		fact("Rule", `${recording.rules[rule][1]} [${recording.rules[rule][0]}]`);
	fact("Process", life_of(event.track).story);
	if (event.kind === "signal" && event.other)
		fact("Sender", life_of(event.other).story);
	fact("Time", `${time_words(event.time)} s, at ${wall_time(event.time)}`);
	$("chosen").replaceChildren(facts);
	reveal(event);
}

function wall_time(ns) {
	return new Date(recording.begin_ms + ns / 1e6).toISOString();
}

/* In small letters; made once, when something is searched for. */
function text_of(event) {
	const life = life_of(event.track);
	event.text ??= `${life.name} ${life.container || ""} ${event.words}`.toLowerCase();
	return event.text;
}

function find() {
	const wanted = $("search").value.trim().toLowerCase();
	matches = marks = null;
	if (wanted)
		matches = shown.filter(event => event.is_match = text_of(event).includes(wanted));
	say_found();
}

function say_found() {
	const at = matches && chosen ? matches.indexOf(chosen) + 1 : 0;
	$("found").textContent = !matches ? "" : at ? `${at} of ${matches.length}`
		: `${matches.length} found`;
}

/* The next one of the matches, or of all when nothing is searched for. */
function step(way, among = matches || shown) {
	if (!among.length)
		return;
	let at = chosen ? among.indexOf(chosen) : -1;
	if (at < 0) {
		const unit = chosen ? chosen.unit : view.top;
		at = first_from(among, "unit", unit) - (way > 0 ? 1 : 0);
	}
	choose(among[Math.max(0, Math.min(among.length - 1, at + way))]);
	say_found();
}

function write_words() {
	const signals = events.filter(event => event.kind === "signal");
	const noise = signals.filter(event => event.noise).length;
	const count = (number, word, many = `${word}s`) => `${number} ${number === 1 ? word : many}`;

	$("summary").textContent = `Recorded ${wall_time(0)}, for `
		+ `${duration_words(recording.duration)}: ${count(lives.size, "process", "processes")}, `
		+ `${count(signals.length, "signal")}, ${count(events.length, "event")}; `
		+ `${recording.lost}.`;
	document.title = `husk trace, ${wall_time(0)}`;
	const first = recording.lives.filter(life => life.first);
	if (!first.length)
		$("ends").parentElement.hidden = true;
	$("ends").replaceChildren(...first.map(
		life => element("li", life.story, life.killed ? "killed" : "")));
	$("joins").hidden = !recording.sections.length;
	$("joins").replaceChildren(...recording.sections.flatMap(([title, lines]) => {
		const rows = document.createElement("ul");
		rows.append(...lines.trimEnd().split("\n").map(line => element("li", line)));
		return [element("h2", title), rows];
	}));
	$("noise-label").lastElementChild.textContent = `ignored SIGCHLD and SIGURG (${noise})`;
	$("noise-label").hidden = !noise;
	Object.assign(document.body.dataset, {
		lives: lives.size, arrows: signals.length, events: events.length,
	});
}

/* ---- colours and sizes */

function read_colours() {
	const style = getComputedStyle(document.documentElement);
	for (const name of ["ground", "panel", "text", "muted", "grid", "life", "choice",
		...Object.keys(CLASSES)])
		colours[name] = style.getPropertyValue(`--${name}`).trim();
}

function is_print() {
	return document.documentElement.classList.contains("print");
}

function sized(target, width, height) {
	const ratio = Math.max(window.devicePixelRatio || 1, is_print() ? 2 : 1);
	target.width = Math.round(width * ratio);
	target.height = Math.round(height * ratio);
	target.style.height = `${height}px`;
	target.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
}

const SHAPES = [
	...Object.entries(CLASSES).map(
		([name, text]) => [text, to => arrow(2, 56, 9, name, to)]),
	["taken", to => { to.fillStyle = colours.acts; to.beginPath();
		to.arc(29, 9, 4.5, 0, 7); to.fill(); }],
	["alive", to => line(2, 9, 54, 9, { colour: colours.life, width: 3 }, to)],
	["dead, not reaped (zombie)",
		to => line(2, 9, 54, 9, { colour: colours.life, width: 2, dash: [2, 5] }, to)],
	["exit", to => { to.fillStyle = colours.life; to.fillRect(24, 4, 10, 10); }],
	["killed", to => cross(29, 9, 6, colours.kills, to)],
];

function draw_legend() {
	$("legend").replaceChildren(...SHAPES.map(([text, shape]) => {
		const item = document.createElement("li"), picture = document.createElement("canvas");
		picture.setAttribute("aria-hidden", "true");
		sized(picture, 58, 18);
		picture.style.width = "58px";
		shape(picture.getContext("2d"));
		item.append(picture, element("span", text));
		return item;
	}));
}

function resize() {
	const rows = HEAD + ROW + FOOT + shown.length * ROW;
	const wanted = GUTTER + STRIP + columns.count * 120;
	/* On paper all columns are there: the style makes the picture as small as the page. */
	view.width = is_print() ? Math.max(1000, Math.min(wanted, 4000)) : canvas.clientWidth;
	const most = is_print() ? view.width * .9 : window.innerHeight * .72;
	view.height = Math.max(220, Math.min(rows, Math.round(most)));
	view.column = Math.max(120, Math.min(260, (view.width - GUTTER - STRIP) / columns.count));
	sized(canvas, view.width, view.height);
	clamp_view();
}

function dress() {
	read_colours();
	draw_legend();
	resize();
	draw();
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* What is in view, on the canvas: the shapes, then all of it from the ground up. */
/* ---- shapes */

function line(x1, y1, x2, y2, { colour, width = 1.5, dash = [] }, to = paint) {
	to.strokeStyle = colour;
	to.lineWidth = width;
	to.setLineDash(dash);
	to.beginPath();
	to.moveTo(x1, y1);
	to.lineTo(x2, y2);
	to.stroke();
	to.setLineDash([]);
}

function cross(x, y, size, colour, to = paint) {
	line(x - size, y - size, x + size, y + size, { colour, width: 2.5 }, to);
	line(x - size, y + size, x + size, y - size, { colour, width: 2.5 }, to);
}

function triangle(x, y, way, colour, is_full, to = paint) {
	to.beginPath();
	to.moveTo(x, y);
	to.lineTo(x - way * 10, y - 5);
	to.lineTo(x - way * 10, y + 5);
	to.closePath();
	to.fillStyle = is_full ? colour : colours.ground;
	to.strokeStyle = colour;
	to.lineWidth = 1.5;
	to.fill();
	to.stroke();
}

/* One signal: from @x1 to @x2. What comes to nothing stops at a bar before its target. */
function arrow(x1, x2, y, outcome, to = paint) {
	const way = x2 >= x1 ? 1 : -1, colour = colours[outcome], end = x2 - way * 3;
	const dashes = { kills: [], acts: [], waits: [7, 4], lost: [2, 3] };
	line(x1, y, outcome === "lost" ? end - way * 8 : end - way * 6, y,
		{ colour, width: outcome === "kills" ? 2.5 : 1.5, dash: dashes[outcome] }, to);
	if (outcome === "lost")
		line(end - way * 8, y - 6, end - way * 8, y + 6, { colour, width: 2.5 }, to);
	else
		triangle(end, y, way, colour, outcome !== "waits", to);
	if (outcome === "kills")
		cross(end - way * 18, y, 4.5, colour, to);
}

/* @at: "start", "middle" or "end" of it is at @x. What lies under it is covered. */
function label(text, x, y, { colour, at = "start", most = 600, bold = false }) {
	paint.font = `${bold ? "600 " : ""}12px system-ui, sans-serif`;
	let wide = paint.measureText(text).width;
	if (wide > most) {
		const fits = Math.max(1, Math.floor(text.length * most / wide) - 1);
		text = text.slice(0, fits) + "\u2026";
		wide = paint.measureText(text).width;
	}
	const left = at === "start" ? x : at === "end" ? x - wide : x - wide / 2;
	paint.fillStyle = colours.ground;
	paint.globalAlpha = .86;
	paint.fillRect(left - 3, y - 8, wide + 6, 16);
	paint.globalAlpha = 1;
	paint.fillStyle = colour;
	paint.fillText(text, left, y + 4);
}

/*
 * On the side that is asked for, or on the other where only that has room for it: there is the head of
 * the arrow, when it has one.
 */
function label_beside(text, x, y, { colour, is_left = false, has_head = false }) {
	const right = view.width - STRIP - x - 16, left = x - GUTTER - 12;
	paint.font = "12px system-ui, sans-serif";
	const wide = paint.measureText(text).width;
	const goes_left = is_left ? wide <= left || left >= right : wide > right && left > right;
	const gap = has_head && goes_left !== is_left ? 32 : 12;
	if (goes_left)
		label(text, x - gap, y, { colour, at: "end", most: left });
	else
		label(text, x + gap, y, { colour, most: right });
}

/* ---- drawing */

function is_dim(event) {
	return matches && !event.is_match;
}

function draw_life(life) {
	const x = x_of(life), height = view.height;
	const top = Math.max(HEAD, y_of(life.top)), low = Math.min(height, y_of(life.low));
	const last = Math.min(height, y_of(life.last));

	if (x < GUTTER - view.column || x > view.width || last < HEAD || top > height)
		return;
	if (low > top)
		line(x, top, x, low, { colour: colours.life, width: 3 });
	if (last > Math.max(low, HEAD))
		line(x, Math.max(low, HEAD), x, last, { colour: colours.life, width: 2, dash: [2, 5] });
	if (last < height && life.gone !== undefined)
		line(x - 7, last, x + 7, last, { colour: colours.life, width: 2 });
}

/* Its name: where it begins, or above the picture when that lies above. */
function draw_name(life, is_dense) {
	const x = x_of(life), y = y_of(life.top), is_above = y < HEAD + 4;
	if (y > view.height || x < GUTTER - view.column || x > view.width)
		return;
	if (is_above && y_of(life.last) < HEAD + 4)
		return;
	if (!is_above && is_dense)
		return;
	label(life.name, x, is_above ? HEAD / 2 : y,
		{ colour: colours.text, at: "middle", most: view.column - 10, bold: true });
}

function draw_end(event, x, y) {
	const life = life_of(event.track);
	if (life.killed)
		return cross(x, y, 7, colours.kills);
	paint.fillStyle = colours.life;
	paint.fillRect(x - 5, y - 5, 10, 10);
}

function draw_dot(x, y, colour) {
	paint.beginPath();
	paint.arc(x, y, 4.5, 0, 2 * Math.PI);
	paint.fillStyle = colour;
	paint.fill();
}

/* Where the words of an event begin: beside its shape. */
function draw_shape(event) {
	const x = x_of(life_of(event.track)), y = y_of(event.unit), from = from_of(event);
	const x_from = x_of(life_of(from));

	switch (event.kind) {
	case "signal":
		arrow(from === event.track ? x + 60 : x_from, x, y, event.outcome);
		break;
	case "fork":
		line(x_from, y, x, y, { colour: colours.muted, width: 1 });
		break;
	case "exit":
		draw_end(event, x, y);
		break;
	case "free":
		break;
	default:
		draw_dot(x, y, event.kind === "deliver" ? colours.acts : colours.muted);
	}
}

function draw_words(event) {
	const life = life_of(event.track), x = x_of(life), y = y_of(event.unit);
	const from = from_of(event), is_signal = event.kind === "signal";
	const colour = is_signal ? colours[event.outcome] : event.kind === "exit" && life.killed
		? colours.kills : colours.muted;
	let text = event.words;

	if (event.kind === "fork")
		return;
	if (!is_signal)
		return label_beside(text, x, y, { colour });
	text = `${text.split(" ", 1)[0]} ${event.verdict}`;
	if (from === event.track)
		return label(text, x + 66, y, { colour });
	/* Behind its target, where the arrow does not go. */
	label_beside(text, x, y, { colour, is_left: x_of(life_of(from)) > x, has_head: true });
}

/* Too many for shapes and words: thin lines whose colours mix; each is drawn once. */
function draw_dense(visible) {
	const drawn = new Set();

	for (const event of visible) {
		const y = Math.round(y_of(event.unit)), colour = colours[event.outcome];
		const key = `${y} ${event.track} ${event.other} ${event.outcome}`;
		if (!colour || drawn.has(key))
			continue;
		drawn.add(key);
		const x = x_of(life_of(event.track));
		paint.globalAlpha = is_dim(event) ? .08 : .5;
		line(event.other === event.track ? x + 8 : x_of(life_of(from_of(event))), y, x, y,
			{ colour, width: 1 });
	}
	paint.globalAlpha = 1;
}

function draw_events(visible) {
	const named = [];
	let free_from = HEAD;

	for (const event of visible) {
		const y = y_of(event.unit);
		paint.globalAlpha = is_dim(event) ? .25 : 1;
		draw_shape(event);
		if ((y >= free_from && !is_dim(event)) || event === chosen) {
			named.push(event);
			free_from = y + 15;
		}
	}
	paint.globalAlpha = 1;
	named.forEach(draw_words);
}

function draw_row(event, colour) {
	if (!event)
		return;
	paint.fillStyle = colour;
	const high = Math.max(4, Math.min(ROW, view.is_even ? view.scale : ROW / 2));
	paint.fillRect(0, y_of(event.unit) - high / 2, view.width - STRIP, high);
}

/* After all else: what has moved to the left goes below the times. */
function draw_times(visible) {
	let free_from = HEAD;

	paint.fillStyle = colours.ground;
	paint.fillRect(0, 0, GUTTER - 8, view.height);
	paint.font = "12px system-ui, sans-serif";
	paint.fillStyle = colours.muted;
	paint.fillText("seconds", 8, HEAD / 2 + 4);
	for (const event of visible) {
		const y = y_of(event.unit);
		if (y < free_from)
			continue;
		paint.fillStyle = event === chosen ? colours.text : colours.muted;
		paint.fillText(time_words(event.time), 8, y + 4);
		free_from = y + 15;
	}
}

/* It takes all events, and most pictures are drawn with the same ones as the picture before. */
let marks = null;
function strip_marks() {
	if (marks && marks.high === view.height)
		return marks;
	marks = Object.assign(new Map(), { high: view.height });
	for (const event of shown) {
		const outcome = matches ? event.is_match && "text" : event.outcome;
		const y = Math.round(event.unit / span() * (view.height - 2));
		if (outcome)
			marks.set(`${y} ${outcome}`, [y, outcome]);
	}
	return marks;
}

/* The whole recording at the right edge: where it kills, where signals are lost, what is in view. */
function draw_strip() {
	const x = view.width - STRIP, high = view.height;
	paint.fillStyle = colours.panel;
	paint.fillRect(x, 0, STRIP, high);
	for (const [y, outcome] of strip_marks().values()) {
		paint.fillStyle = colours[outcome];
		paint.fillRect(x + 3, y, STRIP - 6, 2);
	}
	paint.strokeStyle = colours.text;
	paint.lineWidth = 1.5;
	paint.strokeRect(x + 1, view.top / span() * high + 1, STRIP - 2,
		Math.max(6, Math.min(high, room() / view.scale / span() * high) - 2));
}

function draw_head() {
	paint.fillStyle = colours.ground;
	paint.fillRect(0, 0, view.width - STRIP, HEAD);
	line(0, HEAD, view.width - STRIP, HEAD, { colour: colours.grid });
}

function visible_events() {
	const margin = view.is_even ? 1 : 20 / view.scale;
	const from = first_from(shown, "unit", view.top - margin);
	return shown.slice(from,
		first_from(shown, "unit", view.top + (view.height - HEAD) / view.scale + margin));
}

function draw() {
	const visible = visible_events();
	paint.fillStyle = colours.ground;
	paint.fillRect(0, 0, view.width, view.height);
	draw_row(hovered, colours.panel);
	draw_row(chosen, colours.choice);
	const all = columns.has_kernel ? [kernel, ...lives.values()] : [...lives.values()];
	all.forEach(draw_life);
	const is_dense = visible.length > view.height / DENSE;
	if (is_dense)
		draw_dense(visible);
	draw_events(is_dense ? visible.filter(event => event === chosen) : visible);
	draw_head();
	all.forEach(life => draw_name(life, is_dense));
	draw_times(visible);
	if (!is_print())
		draw_strip();
	list(visible);
	document.body.dataset.drawn = "yes";
}

let is_waiting = false;
function redraw() {
	if (is_waiting)
		return;
	is_waiting = true;
	requestAnimationFrame(() => {
		is_waiting = false;
		draw();
	});
}

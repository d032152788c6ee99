// SPDX-License-Identifier: GPL-2.0-or-later
/* The view: which part of the recording is on the canvas. */
const canvas = $("lines"), paint = canvas.getContext("2d");
const columns = place_columns();
const view = {
	is_even: true, shows_noise: false,
	top: 0, scale: ROW, /* in units, and pixels for one: rows, or nanoseconds */
	left: 0, width: 0, height: 0, column: 120,
};
let shown = [], chosen = null, hovered = null, matches = null, colours = {};

/* How far down it is, in the units of the view. */
function unit_of(time) {
	return view.is_even ? first_from(shown, "time", time) : time;
}

function span() {
	return view.is_even ? Math.max(1, shown.length) : Math.max(1, recording.duration);
}

function y_of(unit) {
	return HEAD + ROW / 2 + (unit - view.top) * view.scale;
}

function x_of(life) {
	return GUTTER + (life.column + .5) * view.column - view.left;
}

function room() {
	return view.height - HEAD - ROW / 2 - FOOT;
}

function clamp_view() {
	const widest = room() / span(), closest = view.is_even ? 60 : .1;
	view.scale = Math.min(Math.max(view.scale, Math.min(widest, ROW)), Math.max(closest, widest));
	view.top = Math.max(0, Math.min(view.top, span() - room() / view.scale));
	view.left = Math.max(0, Math.min(view.left,
		columns.count * view.column - (view.width - GUTTER - STRIP)));
}

function zoom(factor, y) {
	const unit = view.top + (y - HEAD - ROW / 2) / view.scale;
	view.scale *= factor;
	clamp_view();
	view.top = unit - (y - HEAD - ROW / 2) / view.scale;
	move(0);
}

/* By pixels; true when there was anywhere to go. */
function move(down, right = 0) {
	const { top, left } = view;
	view.top += down / view.scale;
	view.left += right;
	clamp_view();
	redraw();
	return view.top !== top || view.left !== left;
}

/* Which events are shown, and at which unit; called when a choice of the reader changes that. */
function lay_out() {
	shown = events.filter(event => view.shows_noise || !event.noise);
	shown.forEach((event, i) => { event.unit = view.is_even ? i : event.time; });
	for (const life of [kernel, ...lives.values()]) {
		life.top = life.old ? -1e15 : unit_of(life.begin);
		life.low = life.end === undefined ? 1e15 : unit_of(life.end);
		life.last = life.end === undefined ? life.low
			: life.gone === undefined ? 1e15 : unit_of(life.gone);
	}
	find();
	clamp_view();
	redraw();
}

function show_all() {
	view.top = 0;
	view.scale = Math.min(room() / span(), view.is_even ? ROW : Infinity);
	move(0);
}

function reveal(event) {
	const y = y_of(event.unit), x = x_of(life_of(event.track));
	if (y < HEAD + ROW || y > view.height - FOOT - ROW)
		view.top = event.unit - room() / 2 / view.scale;
	if (x < GUTTER + 20 || x > view.width - STRIP - 60)
		view.left += x - view.width / 2;
	move(0);
}

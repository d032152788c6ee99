// SPDX-License-Identifier: GPL-2.0-or-later
/* What is in the recording, and the column of each life. */
const GUTTER = 92, STRIP = 14, HEAD = 30, ROW = 26, FOOT = 14;
const LIST_MAX = 200, PRINT_MAX = 5000, NEAR = 7;
const DENSE = 3; /* pixels for each event; with fewer, shapes and words would hide each other */
const KERNEL = 0; /* the track of signals that no process has sent */

/* Four things can come of a signal: each has its colour, its line and its head. */
const CLASSES = {
	kills: "kills the target",
	acts: "acts: a handler, a stop, a read",
	waits: "waits: blocked or frozen",
	lost: "comes to nothing",
};
const CLASS_OF = {
	terminate: "kills", core: "kills", handler: "acts", stop: "acts", continue: "acts",
	read: "acts", pending: "waits", queued: "waits",
};

const $ = id => document.getElementById(id);
const element = (name, text, className) => {
	const made = document.createElement(name);
	made.textContent = text;
	if (className)
		made.className = className;
	return made;
};

const recording = JSON.parse($("recording").textContent);
/* The first one is empty, so that each of the others has a comma before it. */
const events = recording.events.slice(1).map(
	([kind, time, track, other, words, outcome, noise, rules]) => ({
		kind, time, track, other, words, noise: !!noise, rules,
		outcome: kind === "signal" ? CLASS_OF[outcome] || "lost" : null,
		verdict: outcome,
	}));
const lives = new Map(recording.lives.map(life => [life.track, life]));
const kernel = { track: KERNEL, name: "kernel", story: "The kernel itself.", begin: 0, old: true };

function life_of(track) {
	return lives.get(track) || kernel;
}

function from_of(event) {
	return event.kind === "signal" && !event.other ? KERNEL : event.other;
}

/* Index of the first of @list that is not before @value. */
function first_from(list, key, value) {
	let low = 0, high = list.length;
	while (low < high) {
		const middle = low + high >> 1;
		if (list[middle][key] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A life gets the first column right of its maker's that is free for as long as it lasts. */
function place_columns() {
	const makers = new Map(), busy_until = [];
	const has_kernel = events.some(event => event.kind === "signal" && !event.other);
	const index = time => first_from(events, "time", time);

	for (const event of events)
		if (event.kind === "fork")
			makers.set(event.track, event.other);
	kernel.column = 0;
	if (has_kernel)
		busy_until[0] = Infinity;
	for (const life of [...lives.values()].sort((a, b) => a.begin - b.begin)) {
		const maker = lives.get(makers.get(life.track));
		const begin = index(life.begin);
		let column = maker && maker.column >= 0 ? maker.column + 1 : 0;
		while (busy_until[column] + 2 >= begin)
			column++;
		life.column = column;
		busy_until[column] = life.gone === undefined ? Infinity : index(life.gone);
	}
	for (let column = 0; column < busy_until.length; column++)
		busy_until[column] = busy_until[column] || 0;
	return { count: Math.max(1, busy_until.length), has_kernel };
}

function duration_words(ns) {
	if (ns < 1e6)
		return `${(ns / 1e3).toFixed(1)} us`;
	return ns < 1e9 ? `${(ns / 1e6).toFixed(2)} ms` : `${(ns / 1e9).toFixed(3)} s`;
}

function time_words(ns) {
	return (ns / 1e9).toFixed(6);
}

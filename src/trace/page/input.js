// SPDX-License-Identifier: GPL-2.0-or-later
/* Pointer, keys and buttons; here the page begins. */
function event_at(x, y) {
	let best = null, best_far = view.is_even ? Math.max(NEAR, view.scale / 2) : NEAR;
	if (x < GUTTER - 8 && !view.is_even)
		return null;
	for (const event of visible_events()) {
		const far = Math.abs(y_of(event.unit) - y);
		if (far <= best_far)
			[best, best_far] = [event, far];
	}
	return best;
}

function life_at(x, y) {
	for (const life of lives.values())
		if (Math.abs(x_of(life) - x) < NEAR && (y < HEAD || y_of(life.top) <= y + NEAR)
			&& y_of(life.last) >= y - NEAR)
			return life;
	return null;
}

function hover(x, y) {
	const tip = $("tip"), event = y > HEAD ? event_at(x, y) : null, life = life_at(x, y);
	if (event !== hovered) {
		hovered = event;
		redraw();
	}
	tip.hidden = !event && !life;
	if (tip.hidden)
		return;
	tip.replaceChildren();
	if (event)
		tip.append(element("div", `${life_of(event.track).name}: ${event.words}`));
	for (const rule of event && event.rules || [])
		tip.append(element("div", recording.rules[rule][1], "muted"));
	if (life)
		tip.append(element("div", life.story, "muted"));
	tip.style.left = `${Math.max(0, Math.min(x + 14, view.width - tip.offsetWidth - 8))}px`;
	tip.style.top = `${y + 18 + tip.offsetHeight > view.height && y > tip.offsetHeight + 10
		? y - tip.offsetHeight - 10 : y + 18}px`;
}

function listen_to_pointer() {
	let drag = null;
	const jump = y => {
		view.top = y / view.height * span() - room() / view.scale / 2;
		move(0);
	};

	canvas.addEventListener("wheel", event => {
		if (event.ctrlKey)
			zoom(Math.exp(-event.deltaY / 300), event.offsetY);
		/* At its end the page goes on. */
		else if (!move(event.shiftKey ? 0 : event.deltaY,
			event.shiftKey ? event.deltaY || event.deltaX : event.deltaX))
			return;
		event.preventDefault();
	}, { passive: false });
	canvas.addEventListener("pointerdown", event => {
		drag = { x: event.offsetX, y: event.offsetY, is_strip: event.offsetX > view.width - STRIP };
		canvas.setPointerCapture(event.pointerId);
		if (drag.is_strip)
			jump(event.offsetY);
	});
	canvas.addEventListener("pointermove", event => {
		if (!drag)
			return hover(event.offsetX, event.offsetY);
		if (drag.is_strip)
			return jump(event.offsetY);
		if (!drag.has_moved && Math.hypot(event.offsetX - drag.x, event.offsetY - drag.y) < 4)
			return;
		$("tip").hidden = true;
		move(drag.y - event.offsetY, drag.x - event.offsetX);
		drag = { ...drag, x: event.offsetX, y: event.offsetY, has_moved: true };
	});
	canvas.addEventListener("pointerup", event => {
		const found = drag && !drag.has_moved && !drag.is_strip
			&& event_at(event.offsetX, event.offsetY);
		drag = null;
		if (found)
			choose(found);
		say_found();
	});
	canvas.addEventListener("pointercancel", () => { drag = null; });
	canvas.addEventListener("pointerleave", () => {
		$("tip").hidden = true;
		hovered = null;
		redraw();
	});
}

function listen_to_keys() {
	const page = () => room() * .9;
	const keys = {
		ArrowDown: () => step(1), ArrowUp: () => step(-1),
		PageDown: () => move(page()), PageUp: () => move(-page()),
		ArrowRight: () => move(0, view.column), ArrowLeft: () => move(0, -view.column),
		Home: () => shown.length && choose(shown[0]),
		End: () => shown.length && choose(shown[shown.length - 1]),
		"+": () => zoom(1.5, view.height / 2), "=": () => zoom(1.5, view.height / 2),
		"-": () => zoom(1 / 1.5, view.height / 2), "0": show_all,
	};

	canvas.addEventListener("keydown", event => {
		if (!keys[event.key] || event.ctrlKey || event.altKey || event.metaKey)
			return;
		event.preventDefault();
		keys[event.key]();
	});
	document.addEventListener("keydown", event => {
		if (event.key !== "/" || event.target === $("search"))
			return;
		event.preventDefault();
		$("search").focus();
	});
}

function space(is_even) {
	const at = shown[first_from(shown, "unit", view.top)];
	view.is_even = is_even;
	$("even").setAttribute("aria-pressed", is_even);
	$("timed").setAttribute("aria-pressed", !is_even);
	lay_out();
	view.scale = is_even ? ROW : room() / span();
	view.top = at ? at.unit : 0;
	move(0);
}

function listen_to_tools() {
	$("tools").addEventListener("submit", event => event.preventDefault());
	$("search").addEventListener("input", () => { find(); redraw(); });
	$("search").addEventListener("keydown", event => {
		if (event.key === "Enter" && matches)
			step(event.shiftKey ? -1 : 1);
		if (event.key === "Escape")
			canvas.focus();
	});
	$("before").addEventListener("click", () => step(-1));
	$("after").addEventListener("click", () => step(1));
	$("even").addEventListener("click", () => space(true));
	$("timed").addEventListener("click", () => space(false));
	$("closer").addEventListener("click", () => zoom(1.5, view.height / 2));
	$("wider").addEventListener("click", () => zoom(1 / 1.5, view.height / 2));
	$("all").addEventListener("click", show_all);
	$("noise").addEventListener("change", () => {
		view.shows_noise = $("noise").checked;
		lay_out();
		resize();
	});
}

/* Paper is light, and nobody can zoom in on it or turn it: the list has all. */
function listen_to_printer() {
	window.addEventListener("beforeprint", () => {
		document.documentElement.classList.add("print");
		dress();
		list(shown, PRINT_MAX);
	});
	window.addEventListener("afterprint", () => {
		document.documentElement.classList.remove("print");
		dress();
	});
}

write_words();
lay_out();
dress();
listen_to_pointer();
listen_to_keys();
listen_to_tools();
listen_to_printer();
window.addEventListener("resize", () => { resize(); redraw(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);

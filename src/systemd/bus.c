// SPDX-License-Identifier: GPL-2.0-or-later
#include "systemd/bus.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/scope.h"
#include "base/text.h"

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* Never 0, which sd-bus takes for "as long as it likes". */
static uint64_t left_us(const struct bus *bus)
{
	uint64_t now = now_us();

	return now < bus->end_us ? bus->end_us - now : 1;
}

static void begin(struct bus *io_bus)
{
	io_bus->end_us = now_us() + io_bus->limit_us;
}

/* For the calls that sd-bus makes by itself. */
static int set_timeout(struct bus *io_bus)
{
	begin(io_bus);
	return sd_bus_set_method_call_timeout(io_bus->connection, io_bus->limit_us);
}

static int out_of_time(const char *what, struct error *err)
{
	return error_set(err, ETIMEDOUT, "%s: systemd does not answer", what);
}

/* --- connect --- */

static void close_stream(FILE **io_stream)
{
	if (*io_stream)
		fclose(*io_stream);
}

/* The D-Bus specification, "Server Addresses": other characters of a value are escaped. */
static char *address_of(const char *path)
{
	autotext struct text address = { 0 };

	text_add(&address, "unix:path=");
	for (; *path; path++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/.*",
			   *path))
			text_add(&address, "%c", *path);
		else
			text_add(&address, "%%%02x", (unsigned char)*path);
	return text_take(&address);
}

/* Until Hello is answered: sd-bus itself would wait ninety seconds for that. */
static int await_ready(const struct bus *bus)
{
	for (;;) {
		int r = sd_bus_is_ready(bus->connection);

		if (r != 0)
			return r < 0 ? r : 0;
		r = sd_bus_process(bus->connection, NULL);
		if (r < 0)
			return r;
		if (now_us() >= bus->end_us)
			return -ETIMEDOUT;
		if (r == 0)
			r = sd_bus_wait(bus->connection, left_us(bus));
		if (r < 0 && r != -EINTR)
			return r;
	}
}

static int start(const char *address, bool is_direct, struct bus *io_bus)
{
	int r = sd_bus_new(&io_bus->connection);

	io_bus->is_direct = is_direct;
	if (r >= 0)
		r = sd_bus_set_address(io_bus->connection, address);
	if (r >= 0 && !is_direct)
		r = sd_bus_set_bus_client(io_bus->connection, 1);
	if (r >= 0)
		r = sd_bus_set_method_call_timeout(io_bus->connection, left_us(io_bus));
	if (r >= 0)
		r = sd_bus_start(io_bus->connection);
	return r < 0 ? r : await_ready(io_bus);
}

/* 0, or a negative errno, with one more line in @io_tried. */
static int try_address(const char *address, bool is_direct, struct bus *io_bus,
		       struct text *io_tried)
{
	int r = start(address, is_direct, io_bus);

	if (r >= 0)
		return 0;
	io_bus->connection = sd_bus_close_unref(io_bus->connection);
	text_add(io_tried, "%s%s: %s", io_tried->size ? ", " : "", address,
		 error_words(-r));
	return r;
}

static int try_path(const char *path, bool is_direct, struct bus *io_bus, struct text *io_tried)
{
	autofree char *address = address_of(path);

	return try_address(address, is_direct, io_bus, io_tried);
}

static int try_folder(const char *folder, struct bus *io_bus, struct text *io_tried)
{
	autofree char *bus = mem_format("%s/bus", folder);
	autofree char *direct = mem_format("%s/systemd/private", folder);

	if (try_path(bus, false, io_bus, io_tried) == 0)
		return 0;
	return try_path(direct, true, io_bus, io_tried);
}

/*
 * By what number the machine knows this user: podman calls us as user 0 of a user namespace of its
 * own, and conmon hands on nothing but XDG_RUNTIME_DIR. user_namespaces(7), "uid_map".
 */
static unsigned int outer_uid(void)
{
	autoclean(close_stream) FILE *map = fopen("/proc/self/uid_map", "re");
	unsigned int uid = getuid(), inside, outside, count;

	while (map && fscanf(map, "%u %u %u", &inside, &outside, &count) == 3)
		if (uid - inside < count)
			return outside + (uid - inside);
	return uid;
}

static int open_user(struct bus *io_bus, struct text *io_tried)
{
	const char *address = getenv("DBUS_SESSION_BUS_ADDRESS");
	const char *folder = getenv("XDG_RUNTIME_DIR");
	autofree char *usual = mem_format("/run/user/%u", outer_uid());

	if (address && *address && try_address(address, false, io_bus, io_tried) == 0)
		return 0;
	if (folder && *folder == '/' && try_folder(folder, io_bus, io_tried) == 0)
		return 0;
	if (folder && strcmp(folder, usual) == 0)
		return -ENOTCONN;
	return try_folder(usual, io_bus, io_tried);
}

static int open_system(struct bus *io_bus, struct text *io_tried)
{
	if (try_path("/run/dbus/system_bus_socket", false, io_bus, io_tried) == 0)
		return 0;
	return try_path("/run/systemd/private", true, io_bus, io_tried);
}

int bus_open(bool is_user, long long limit_ms, struct bus *ret_bus, struct error *err)
{
	autotext struct text tried = { 0 };
	int r;

	*ret_bus = (struct bus){ .limit_us = (uint64_t)limit_ms * 1000 };
	begin(ret_bus);
	r = is_user ? open_user(ret_bus, &tried) : open_system(ret_bus, &tried);
	if (r == 0)
		return 0;
	return error_set(err, r == -ETIMEDOUT ? ETIMEDOUT : ENOTCONN,
			 "no systemd answers (%s)", text_get(&tried));
}

void bus_close(struct bus *io_bus)
{
	io_bus->connection = sd_bus_flush_close_unref(io_bus->connection);
	free(io_bus->job);
	free(io_bus->result);
}

/* --- calls --- */

int bus_method(const struct bus *bus, const char *method, sd_bus_message **ret_message,
	       struct error *err)
{
	int r = sd_bus_message_new_method_call(bus->connection, ret_message, BUS_NAME, BUS_PATH,
					       BUS_MANAGER, method);

	return r < 0 ? error_set(err, -r, "make a message: %s", error_words(-r)) : 0;
}

static int refuse(struct bus *io_bus, const char *what, int r, const sd_bus_error *error,
		  struct error *err)
{
	snprintf(io_bus->refusal, sizeof(io_bus->refusal), "%s", error->name ? error->name : "");
	if (r == -ETIMEDOUT || sd_bus_error_has_name(error, SD_BUS_ERROR_NO_REPLY))
		return out_of_time(what, err);
	return error_set(err, -r, "%s: %s", what,
			 error->message ? error->message : error_words(-r));
}

int bus_call(struct bus *io_bus, sd_bus_message *message, sd_bus_message **ret_reply,
	     struct error *err)
{
	__attribute__((cleanup(sd_bus_error_free))) sd_bus_error error = SD_BUS_ERROR_NULL;
	int r = sd_bus_call(io_bus->connection, message, io_bus->limit_us, &error, ret_reply);

	return r < 0 ? refuse(io_bus, sd_bus_message_get_member(message), r, &error, err) : 0;
}

int bus_property(struct bus *io_bus, const char *path, const char *name, char **ret_value,
		 struct error *err)
{
	__attribute__((cleanup(sd_bus_error_free))) sd_bus_error error = SD_BUS_ERROR_NULL;
	int size = (int)strcspn(name, ".");
	autofree char *interface = mem_format(BUS_NAME ".%.*s", size, name);
	int r = set_timeout(io_bus);

	if (r >= 0)
		r = sd_bus_get_property_string(io_bus->connection, BUS_NAME, path, interface,
					       name + size + 1, &error, ret_value);
	return r < 0 ? refuse(io_bus, name, r, &error, err) : 0;
}

/* --- jobs --- */

/* JobRemoved: number, path, unit, result. */
static int take_news(sd_bus_message *message, void *data, sd_bus_error *error UNUSED)
{
	struct bus *bus = data;
	const char *path, *unit, *result;
	uint32_t number;

	if (sd_bus_message_read(message, "uoss", &number, &path, &unit, &result) < 0)
		return 0; /* not the signal that it seems to be */
	if (bus->job && strcmp(path, bus->job) == 0 && !bus->result)
		bus->result = mem_text(result);
	return 0;
}

int bus_watch_jobs(struct bus *io_bus, struct error *err)
{
	__attribute__((cleanup(sd_bus_message_unrefp))) sd_bus_message *message = NULL;
	int r = set_timeout(io_bus);

	if (r >= 0)
		r = sd_bus_match_signal(io_bus->connection, NULL,
					io_bus->is_direct ? NULL : BUS_NAME, BUS_PATH, BUS_MANAGER,
					"JobRemoved", take_news, io_bus);
	if (r < 0)
		return r == -ETIMEDOUT ? out_of_time("AddMatch", err)
				       : error_set(err, -r, "AddMatch: %s", error_words(-r));
	/* Without a bus between, everybody hears everything. */
	if (io_bus->is_direct)
		return 0;
	TRY(bus_method(io_bus, "Subscribe", &message, err));
	return bus_call(io_bus, message, NULL, err);
}

int bus_await_job(struct bus *io_bus, const char *path, const char **ret_result, struct error *err)
{
	free(io_bus->job);
	free(io_bus->result);
	io_bus->result = NULL;
	io_bus->job = mem_text(path);
	begin(io_bus);
	while (!io_bus->result) {
		int r = sd_bus_process(io_bus->connection, NULL);

		if (r == 0 && now_us() >= io_bus->end_us)
			return out_of_time("the end of the job", err);
		if (r == 0)
			r = sd_bus_wait(io_bus->connection, left_us(io_bus));
		if (r < 0 && r != -EINTR)
			return error_set(err, -r, "wait for the job: %s", error_words(-r));
	}
	*ret_result = io_bus->result;
	return 0;
}

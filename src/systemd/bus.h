// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bus - a connection to systemd on which no call lasts longer than its limit
 */
#ifndef HUSK_SYSTEMD_BUS_H
#define HUSK_SYSTEMD_BUS_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "base/error.h"

#define BUS_NAME "org.freedesktop.systemd1"
#define BUS_PATH "/org/freedesktop/systemd1"
#define BUS_MANAGER "org.freedesktop.systemd1.Manager"

struct bus {
	sd_bus *connection;
	uint64_t limit_us; /* for each call, and for the way to systemd */
	uint64_t end_us;   /* of the one that is made: CLOCK_MONOTONIC */
	bool is_direct;	 /* systemd's own socket, without a bus between */
	char *job;	 /* the path of the one that is waited for */
	char *result;	 /* and how it ended; NULL: it has not */
	char refusal[128]; /* the D-Bus name of the last call's error; "": systemd did not refuse */
};

#define autobus autoclean(bus_close)

/**
 * bus_open - find systemd and wait until it listens
 *
 * The machine's: the system bus, else systemd's own socket, which is there before the bus is. A
 * user's: $DBUS_SESSION_BUS_ADDRESS, else the bus and then systemd's own socket in
 * $XDG_RUNTIME_DIR, else those in /run/user/UID, where UID is the user's outside of a user
 * namespace.
 *
 * @limit_ms: for this, and later for each call. Returns 0; -ENOTCONN naming what was tried;
 * -ETIMEDOUT. @ret_bus is released with bus_close.
 */
MUST_USE int bus_open(bool is_user, long long limit_ms, struct bus *ret_bus, struct error *err);

/**
 * bus_call - send @message and wait for the answer
 *
 * @ret_reply: the caller unrefs it; NULL when nobody wants it.
 * Returns 0, or a negative errno: "METHOD: what systemd says"; io_bus->refusal is set.
 */
MUST_USE int bus_call(struct bus *io_bus, sd_bus_message *message, sd_bus_message **ret_reply,
		      struct error *err);

/* A method of the manager, without its arguments. The caller unrefs @ret_message. */
MUST_USE int bus_method(const struct bus *bus, const char *method, sd_bus_message **ret_message,
			struct error *err);

/**
 * bus_property - a string property of an object
 *
 * @name: behind systemd's own name: "Manager.ControlGroup", "Unit.ActiveState".
 * @ret_value: the caller frees it. Errors as bus_call.
 */
MUST_USE int bus_property(struct bus *io_bus, const char *path, const char *name,
			  char **ret_value, struct error *err);

/* Asks for news of jobs; before the call that makes one. */
MUST_USE int bus_watch_jobs(struct bus *io_bus, struct error *err);

/* Waits for the job at @path. @ret_result: "done", "failed"...; borrowed. -ETIMEDOUT. */
MUST_USE int bus_await_job(struct bus *io_bus, const char *path, const char **ret_result,
			   struct error *err);

void bus_close(struct bus *io_bus);

#endif

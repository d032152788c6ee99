// SPDX-License-Identifier: GPL-2.0-or-later
#include "systemd/verb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/scope.h"
#include "systemd/append.h"
#include "systemd/bus.h"

#define automessage __attribute__((cleanup(sd_bus_message_unrefp)))

#define ERROR_EXISTS BUS_NAME ".UnitExists"
#define ERROR_MISSING BUS_NAME ".NoSuchUnit"

/* --- what the verbs share --- */

static int message_error(int r, const char *method, struct error *err)
{
	return error_set(err, -r, "%s: %s", method, error_words(-r));
}

/* A method of the manager whose argument is the unit's name. */
static int make_call(const struct bus *bus, const char *method, const char *unit,
		     sd_bus_message **ret_message, struct error *err)
{
	int r;

	TRY(bus_method(bus, method, ret_message, err));
	r = sd_bus_message_append_basic(*ret_message, 's', unit);
	return r < 0 ? message_error(r, method, err) : 0;
}

static int unit_property(struct bus *io_bus, const char *unit, const char *name,
			 char **ret_value, struct error *err)
{
	autofree char *path = NULL;
	int r = sd_bus_path_encode(BUS_PATH "/unit", unit, &path);

	if (r < 0)
		return error_set(err, -r, "the unit %s: %s", unit, error_words(-r));
	return bus_property(io_bus, path, name, ret_value, err);
}

/* The control group, "" for the root. */
static int answer_place(struct bus *io_bus, const char *unit, struct text *io_answer,
			struct error *err)
{
	autofree char *place = NULL;

	TRY(unit_property(io_bus, unit, "Scope.ControlGroup", &place, err));
	text_add(io_answer, "%s", place);
	return 0;
}

/* Nothing to forget is what is wanted. */
static void forget(struct bus *io_bus, const char *unit)
{
	automessage sd_bus_message *message = NULL;
	struct error ignored;

	if (make_call(io_bus, "ResetFailedUnit", unit, &message, &ignored) == 0)
		(void)!bus_call(io_bus, message, NULL, &ignored);
}

static int await_job(struct bus *io_bus, sd_bus_message *reply, const char *unit,
		     struct error *err)
{
	const char *path, *result;
	int r = sd_bus_message_read(reply, "o", &path);

	if (r < 0)
		return error_set(err, -r, "the job for %s: %s", unit, error_words(-r));
	TRY(bus_await_job(io_bus, path, &result, err));
	if (strcmp(result, "done") == 0)
		return 0;
	forget(io_bus, unit);
	return error_set(err, EIO, "the job for %s ended with the result \"%s\"", unit, result);
}

/* --- locate --- */

/* @ret_state: NULL when the name is free; the caller frees it. */
static int find_state(struct bus *io_bus, const char *unit, char **ret_state, struct error *err)
{
	static const char *const ended[] = { "inactive", "failed" };
	automessage sd_bus_message *message = NULL;
	autofree char *state = NULL;
	int r;

	TRY(make_call(io_bus, "GetUnit", unit, &message, err));
	r = bus_call(io_bus, message, NULL, err);
	if (r < 0 && strcmp(io_bus->refusal, ERROR_MISSING) == 0)
		return 0;
	TRY(r);
	TRY(unit_property(io_bus, unit, "Unit.ActiveState", &state, err));
	for (size_t i = 0; i < countof(ended); i++)
		if (strcmp(state, ended[i]) == 0)
			return 0;
	*ret_state = ptr_take(&state);
	return 0;
}

static int locate(struct bus *io_bus, const struct request *request, struct text *io_answer,
		  struct error *err)
{
	autofree char *state = NULL, *root = NULL;

	TRY(find_state(io_bus, request->unit, &state, err));
	TRY(bus_property(io_bus, BUS_PATH, "Manager.ControlGroup", &root, err));
	text_add(io_answer, "%s %s", state ? state : "free", root);
	return 0;
}

/* --- start and set --- */

/*
 * Tried again when a unit that has failed is in the way (a living one stays, and is the error), and
 * without the properties that this systemd does not know or take.
 */
typedef int make_message(const struct bus *bus, const struct request *request,
			 const struct append_list *list, sd_bus_message **ret_message,
			 struct error *err);

static int call_with_properties(struct bus *io_bus, const struct request *request,
				make_message *make, sd_bus_message **ret_reply,
				struct error *err)
{
	autofree bool *is_dropped = mem_new(request->count + 1);
	struct append_list list = { request->word, request->count, is_dropped };
	bool has_reset = false;

	for (;;) {
		automessage sd_bus_message *message = NULL;
		int r;

		TRY(make(io_bus, request, &list, &message, err));
		r = bus_call(io_bus, message, ret_reply, err);
		if (r == 0)
			return 0;
		if (strcmp(io_bus->refusal, ERROR_EXISTS) == 0 && !has_reset) {
			forget(io_bus, request->unit);
			has_reset = true;
		} else if (!*io_bus->refusal || !append_drop(&list, err->text)) {
			return r;
		}
	}
}

static int make_start(const struct bus *bus, const struct request *request,
		      const struct append_list *list, sd_bus_message **ret_message,
		      struct error *err)
{
	static const char method[] = "StartTransientUnit";
	int r;

	TRY(bus_method(bus, method, ret_message, err));
	r = sd_bus_message_append(*ret_message, "ss", request->unit, "fail");
	if (r < 0)
		return message_error(r, method, err);
	TRY(append_properties(*ret_message, list, err));
	r = sd_bus_message_append(*ret_message, "a(sa(sv))", 0);
	return r < 0 ? message_error(r, method, err) : 0;
}

static int start(struct bus *io_bus, const struct request *request, struct text *io_answer,
		 struct error *err)
{
	automessage sd_bus_message *reply = NULL;

	TRY(bus_watch_jobs(io_bus, err));
	TRY(call_with_properties(io_bus, request, make_start, &reply, err));
	TRY(await_job(io_bus, reply, request->unit, err));
	return answer_place(io_bus, request->unit, io_answer, err);
}

static int make_set(const struct bus *bus, const struct request *request,
		    const struct append_list *list, sd_bus_message **ret_message,
		    struct error *err)
{
	static const char method[] = "SetUnitProperties";
	int r;

	TRY(bus_method(bus, method, ret_message, err));
	r = sd_bus_message_append(*ret_message, "sb", request->unit, 1);
	if (r < 0)
		return message_error(r, method, err);
	return append_properties(*ret_message, list, err);
}

/*
 * systemd answers first and writes its files then, before it looks at the next message: once that
 * is answered too, nothing of this call is to come.
 */
static int set(struct bus *io_bus, const struct request *request, struct text *io_answer,
	       struct error *err)
{
	TRY(call_with_properties(io_bus, request, make_set, NULL, err));
	return answer_place(io_bus, request->unit, io_answer, err);
}

/* --- attach --- */

static int attach(struct bus *io_bus, const struct request *request,
		  struct text *io_answer UNUSED, struct error *err)
{
	static const char method[] = "AttachProcessesToUnit";
	automessage sd_bus_message *message = NULL;
	int r;

	TRY(bus_method(io_bus, method, &message, err));
	r = sd_bus_message_append(message, "ss", request->unit, "");
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'a', "u");
	for (size_t i = 0; r >= 0 && i < request->count; i++)
		r = sd_bus_message_append(message, "u",
					  (uint32_t)strtoul(request->word[i], NULL, 10));
	if (r >= 0)
		r = sd_bus_message_close_container(message);
	if (r < 0)
		return message_error(r, method, err);
	return bus_call(io_bus, message, NULL, err);
}

/* --- stop --- */

static int stop(struct bus *io_bus, const struct request *request, struct text *io_answer UNUSED,
		struct error *err)
{
	automessage sd_bus_message *message = NULL, *reply = NULL;
	int r;

	TRY(bus_watch_jobs(io_bus, err));
	TRY(make_call(io_bus, "StopUnit", request->unit, &message, err));
	r = sd_bus_message_append_basic(message, 's', "replace");
	if (r < 0)
		return message_error(r, "StopUnit", err);
	r = bus_call(io_bus, message, &reply, err);
	if (r < 0 && strcmp(io_bus->refusal, ERROR_MISSING) == 0)
		return 0;
	TRY(r);
	TRY(await_job(io_bus, reply, request->unit, err));
	forget(io_bus, request->unit);
	return 0;
}

/* --- the verbs --- */

static const struct verb {
	const char *word;
	int (*function)(struct bus *io_bus, const struct request *request, struct text *io_answer,
			struct error *err);
} verbs[] = {
	{ "locate", locate }, { "start", start }, { "set", set },
	{ "attach", attach }, { "stop", stop },
};

int verb_carry_out(const struct request *request, struct text *io_answer, struct error *err)
{
	for (size_t i = 0; i < countof(verbs); i++) {
		autobus struct bus bus = { 0 };

		if (strcmp(verbs[i].word, request->verb) != 0)
			continue;
		TRY(bus_open(request->is_user, request->limit_ms, &bus, err));
		return verbs[i].function(&bus, request, io_answer, err);
	}
	return error_set(err, EBADMSG, "no such verb: %s", request->verb);
}

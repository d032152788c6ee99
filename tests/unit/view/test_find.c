// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/find.h"

#include <errno.h>

#include "base/scope.h"
#include "test.h"
#include "view/table.h"

static struct survey_container containers[] = {
	{ .engine = ENGINE_DOCKER, .id = "abc123" },
	{ .engine = ENGINE_DOCKER, .id = "abd456", .name = "web" },
	{ .engine = ENGINE_HUSK, .id = "12" },
};
static struct survey_process processes[2];

static struct survey here(void)
{
	struct survey survey;

	processes[0] = table_process(12, 0, 0);
	processes[1] = table_process(34, 0, 12);
	survey = table_survey(processes, countof(processes));
	survey.container = containers;
	survey.container_count = countof(containers);
	return survey;
}

TEST(an_id_a_beginning_and_a_name_mean_a_container)
{
	struct survey survey = here();
	struct error err;
	struct find find;

	CHECK_OK(find_target(&survey, "abc123", &find, &err), err);
	CHECK_TRUE(find.kind == FIND_CONTAINER && find.index == 0);
	CHECK_OK(find_target(&survey, "abd", &find, &err), err);
	CHECK_INT(find.index, 1);
	CHECK_OK(find_target(&survey, "web", &find, &err), err);
	CHECK_INT(find.index, 1);
}

TEST(digits_mean_a_process_unless_a_container_is_called_so)
{
	struct survey survey = here();
	struct error err;
	struct find find;

	CHECK_OK(find_target(&survey, "34", &find, &err), err);
	CHECK_TRUE(find.kind == FIND_PROCESS && find.index == 1);
	CHECK_OK(find_target(&survey, "12", &find, &err), err);
	CHECK_TRUE(find.kind == FIND_CONTAINER && find.index == 2);
}

TEST(what_means_nothing_is_named_in_the_error)
{
	struct survey survey = here();
	struct error err;
	struct find find;

	CHECK_ERROR(find_target(&survey, "ab", &find, &err), err, EEXIST,
		    "\"ab\" is the beginning of several: abc123, abd456");
	CHECK_ERROR(find_target(&survey, "xyz", &find, &err), err, ENOENT,
		    "no container \"xyz\" runs here");
	CHECK_ERROR(find_target(&survey, "", &find, &err), err, EINVAL,
		    "\"\" is neither a PID nor a container");
	CHECK_ERROR(find_target(&survey, "0", &find, &err), err, EINVAL,
		    "\"0\" is not the number of a process");
	CHECK_ERROR(find_target(&survey, "-1", &find, &err), err, EINVAL,
		    "\"-1\" is not the number of a process");
	CHECK_ERROR(find_target(&survey, "99999999999", &find, &err), err, EINVAL,
		    "\"99999999999\" is not the number of a process");
	CHECK_ERROR(find_target(&survey, "35", &find, &err), err, ESRCH,
		    "process 35: no such process");
}

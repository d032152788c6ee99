// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/rdt.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/scope.h"
#include "base/text.h"
#include "proc/mounts.h"

enum { SCHEMATA_MAX = 64 << 10 };

int guard_rdt_find_root(char **ret_root, struct error *err)
{
	automounts struct mounts mounts = { 0 };

	TRY(mounts_read(&mounts, err));
	for (size_t i = 0; i < mounts.count; i++)
		if (strcmp(mounts.row[i].fs_type, "resctrl") == 0) {
			*ret_root = mem_text(mounts.row[i].mount_point);
			return 0;
		}
	return error_set(err, ENOENT, "linux.intelRdt: no resctrl file system is mounted");
}

/* --- plan --- */

static void add_line(struct text *io_text, const char *line)
{
	if (line && *line)
		text_add(io_text, "%s\n", line);
}

static char *join_lines(const struct spec_intel_rdt *rdt)
{
	struct text lines = { 0 };

	add_line(&lines, rdt->l3_cache_schema);
	add_line(&lines, rdt->mem_bw_schema);
	for (size_t i = 0; rdt->schemata && i < rdt->schemata->count; i++)
		add_line(&lines, rdt->schemata->item[i]);
	return text_take(&lines);
}

static char *group_of(const struct spec_intel_rdt *rdt, const char *id, const char *root)
{
	if (rdt->clos_id && strcmp(rdt->clos_id, "/") == 0)
		return mem_text(root);
	return mem_format("%s/%s", root, rdt->clos_id ? rdt->clos_id : id);
}

void guard_rdt_plan(const struct spec_intel_rdt *rdt, const char *id, const char *root,
		    struct guard_rdt *ret_plan)
{
	char *group = group_of(rdt, id, root);

	*ret_plan = (struct guard_rdt){
		.root = mem_text(root),
		.group = group,
		.schemata = join_lines(rdt),
		.is_own = !rdt->clos_id,
	};
	if (rdt->enable_monitoring.value)
		ret_plan->monitor = mem_format("%s/mon_groups/%s", group, id);
}

int guard_rdt_check(const struct guard_rdt *plan, struct error *err)
{
	struct stat found;

	if (!plan->root || !plan->is_own || lstat(plan->group, &found) < 0)
		return 0;
	return error_set(err, EEXIST, "linux.intelRdt: %s: %s", plan->group, error_words(EEXIST));
}

/* --- make --- */

int guard_rdt_make(struct guard_rdt *io_plan, struct error *err)
{
	struct stat found;

	if (!io_plan->root)
		return 0;
	if (!io_plan->is_own && stat(io_plan->group, &found) == 0)
		return 0;
	if (!io_plan->is_own && !*io_plan->schemata)
		return error_sys(err, "linux.intelRdt.closID: %s", io_plan->group);
	if (mkdir(io_plan->group, 0755) < 0)
		return error_sys(err, "linux.intelRdt: mkdir %s", io_plan->group);
	io_plan->has_made_group = true;
	return 0;
}

/* --- schemata: lines "L3:0=ff;1=ff", with blanks where the kernel makes columns --- */

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t");
}

/* The part of @lines behind "NAME:", up to the end of its line; NULL when there is none. */
static const char *find_schema(const char *lines, const char *name, size_t name_size)
{
	while (*lines) {
		lines = skip_blanks(lines);
		if (strncasecmp(lines, name, name_size) == 0 && lines[name_size] == ':')
			return lines + name_size + 1;
		lines += strcspn(lines, "\n");
		lines += *lines == '\n';
	}
	return NULL;
}

/* A word of digits without what does not change its value: blanks, "0x", zeros in front. */
struct digits {
	const char *at;
	size_t size;
};

static struct digits read_digits(const char **io_at)
{
	struct digits found = { .at = skip_blanks(*io_at) };

	if (found.at[0] == '0' && (found.at[1] == 'x' || found.at[1] == 'X'))
		found.at += 2;
	while (found.at[0] == '0' && isalnum((unsigned char)found.at[1]))
		found.at++;
	while (isalnum((unsigned char)found.at[found.size]))
		found.size++;
	*io_at = skip_blanks(found.at + found.size);
	return found;
}

static bool is_same(const struct digits *a, const struct digits *b)
{
	return a->size == b->size && strncasecmp(a->at, b->at, a->size) == 0;
}

/* Moves over "0=ff;" at *io_at; false at the end of the line. */
static bool read_domain(const char **io_at, struct digits *ret_id, struct digits *ret_value)
{
	*ret_id = read_digits(io_at);
	if (**io_at != '=')
		return false;
	++*io_at;
	*ret_value = read_digits(io_at);
	*io_at += **io_at == ';';
	return true;
}

static bool has_domain(const char *schema, const struct digits *id, const struct digits *value)
{
	struct digits other_id, other_value;

	while (read_domain(&schema, &other_id, &other_value))
		if (is_same(&other_id, id))
			return is_same(&other_value, value);
	return false;
}

static bool is_schema_within(const char *line, const char *lines)
{
	size_t name_size = strcspn(line, ":\n");
	const char *there = find_schema(lines, line, name_size);
	const char *at = line + name_size + 1;
	struct digits id, value;

	if (line[name_size] != ':' || !there)
		return false;
	while (*at != '\n')
		if (!read_domain(&at, &id, &value) || !has_domain(there, &id, &value))
			return false;
	return true;
}

static int compare(const struct guard_rdt *plan, struct error *err)
{
	autofree char *file = mem_format("%s/schemata", plan->group);
	autofree char *lines = NULL;

	if (!*plan->schemata)
		return 0;
	TRY(file_read(AT_FDCWD, file, SCHEMATA_MAX, &lines, NULL, err));
	for (const char *at = plan->schemata; *at; at = strchr(at, '\n') + 1) {
		at = skip_blanks(at);
		if (!is_schema_within(at, lines))
			return error_set(err, EINVAL, "%s does not have \"%.*s\"", file,
					 (int)strcspn(at, "\n"), at);
	}
	return 0;
}

/* The kernel keeps in words why it refused; "ok" when it did not. */
static int explain(const struct guard_rdt *plan, struct error *err)
{
	autofree char *file = mem_format("%s/info/last_cmd_status", plan->root);
	autofree char *reason = NULL;
	struct error ignored;
	char first[sizeof(err->text)];

	if (file_read(AT_FDCWD, file, sizeof(err->text), &reason, NULL, &ignored) < 0)
		return -err->code;
	strcpy(first, err->text);
	return error_set(err, err->code, "%s (%.*s)", first, (int)strcspn(reason, "\n"), reason);
}

static int write_schemata(const struct guard_rdt *plan, struct error *err)
{
	autofree char *file = mem_format("%s/schemata", plan->group);

	if (*plan->schemata && file_write(AT_FDCWD, file, plan->schemata, err) < 0)
		return explain(plan, err);
	return 0;
}

int guard_rdt_set(struct guard_rdt *io_plan, struct error *err)
{
	int r;

	if (!io_plan->root)
		return 0;
	r = io_plan->has_made_group ? write_schemata(io_plan, err) : compare(io_plan, err);
	if (r < 0)
		return error_wrap(err, "linux.intelRdt");
	if (!io_plan->monitor)
		return 0;
	if (mkdir(io_plan->monitor, 0755) < 0)
		return error_sys(err, "linux.intelRdt.enableMonitoring: mkdir %s",
				 io_plan->monitor);
	io_plan->has_made_monitor = true;
	return 0;
}

int guard_rdt_change(const struct guard_rdt *plan, char **ret_old, struct error *err)
{
	autofree char *file = mem_format("%s/schemata", plan->group);
	autofree char *old = NULL;

	if (file_read(AT_FDCWD, file, SCHEMATA_MAX, &old, NULL, err) < 0 ||
	    write_schemata(plan, err) < 0)
		return error_wrap(err, "linux.intelRdt");
	*ret_old = ptr_take(&old);
	return 0;
}

/* --- join, remove --- */

static int join(const char *folder, pid_t pid, struct error *err)
{
	autofree char *file = mem_format("%s/tasks", folder);
	autofree char *text = mem_format("%d", pid);

	return file_write(AT_FDCWD, file, text, err);
}

int guard_rdt_join(const struct guard_rdt *plan, pid_t pid, struct error *err)
{
	if (!plan->root)
		return 0;
	if (join(plan->group, pid, err) < 0 ||
	    (plan->monitor && join(plan->monitor, pid, err) < 0))
		return error_wrap(err, "linux.intelRdt");
	return 0;
}

static int remove_folder(const char *folder, struct error *err)
{
	if (folder && rmdir(folder) < 0 && errno != ENOENT)
		return error_sys(err, "linux.intelRdt: rmdir %s", folder);
	return 0;
}

int guard_rdt_remove(const char *group, const char *monitor, struct error *err)
{
	TRY(remove_folder(monitor, err));
	return remove_folder(group, err);
}

void guard_rdt_clear(struct guard_rdt *io_plan)
{
	free(io_plan->root);
	free(io_plan->group);
	free(io_plan->monitor);
	free(io_plan->schemata);
	*io_plan = (struct guard_rdt){ 0 };
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * look - tell what a program sees of its container, and wait for the end of stdin
 *
 * Run in a container of each runtime by bench/same.py, which holds the answers against each
 * other: only who isolates alike may be measured side by side. "# NAME" begins each part.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/keyctl.h>
#include <linux/securebits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

static void tell_file(const char *path)
{
	FILE *file = fopen(path, "re");
	int byte;

	printf("# %s\n", path);
	while (file && (byte = getc(file)) != EOF)
		putchar(byte ? byte : '\n');
	if (file)
		fclose(file);
	putchar('\n');
}

static void tell_entry(const char *folder, const char *name)
{
	char path[PATH_MAX], target[PATH_MAX] = "";
	struct stat stat;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (lstat(path, &stat) < 0)
		return;
	if (S_ISLNK(stat.st_mode) && readlink(path, target, sizeof(target) - 1) < 0)
		return;
	printf("%s %o %u %u %u:%u %s\n", name, stat.st_mode, stat.st_uid, stat.st_gid,
	       major(stat.st_rdev), minor(stat.st_rdev), target);
}

static void tell_folder(const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);

	printf("# %s\n", path);
	for (int i = 0; i < count; i++)
		tell_entry(path, entries[i]->d_name);
}

/* By number: which descriptors are open, but that of the folder itself. */
static void tell_descriptors(void)
{
	puts("# descriptors");
	for (int fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("%d\n", fd);
}

static void tell_network(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ioctl(fd, SIOCGIFFLAGS, &request);
	close(fd);
	printf("# lo\n%s\n", request.ifr_flags & IFF_UP ? "up" : "down");
}

/* "keyring;uid;gid;permissions;name": the name may be the container's, and is left out. */
static void tell_keyring(void)
{
	char text[256] = "none";

	syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, text, sizeof(text));
	if (strrchr(text, ';'))
		*strrchr(text, ';') = '\0';
	printf("# session keyring\n%s\n", text);
}

static void tell_rest(void)
{
	struct utsname names;
	int on_death = 0;

	uname(&names);
	prctl(PR_GET_PDEATHSIG, &on_death);
	printf("# rest\nhost name %s\ndomain name %s\nworking folder %s\ndumpable %d\n"
	       "signal on death of the parent %d\nsecure bits %x\npersonality %x\nparent %d\n",
	       names.nodename, names.domainname, get_current_dir_name(),
	       prctl(PR_GET_DUMPABLE), on_death, prctl(PR_GET_SECUREBITS),
	       personality(0xffffffff), getppid());
}

int main(void)
{
	static const char *const files[] = { "/proc/self/mountinfo", "/proc/self/status",
					     "/proc/self/limits", "/proc/self/cgroup",
					     "/proc/self/environ", "/proc/self/oom_score_adj",
					     "/proc/self/timens_offsets", "/proc/net/dev" };
	static const char *const folders[] = { "/", "/dev", "/dev/pts", "/dev/shm", "/proc/acpi",
					       "/proc/scsi", "/sys/firmware",
					       "/sys/devices/virtual/powercap" };
	char byte;

	tell_descriptors();
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		tell_file(files[i]);
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		tell_folder(folders[i]);
	tell_network();
	tell_keyring();
	tell_rest();
	puts("# end");
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	return 0;
}

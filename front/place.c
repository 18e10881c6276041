#include "front.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define MOST_GROUPS 1024

/* FNV-1a: the name need not resist an attacker, who cannot write where it stands. */
static void mix(uint64_t *key, const void *bytes, size_t size)
{
	for (const unsigned char *at = bytes; size > 0; size--)
		*key = (*key ^ *at++) * 0x100000001b3u;
}

static int mix_file_identity(uint64_t *key, const char *path)
{
	struct stat found;
	if (stat(path, &found) < 0)
		return -1;
	mix(key, &found.st_dev, sizeof found.st_dev);
	mix(key, &found.st_ino, sizeof found.st_ino);
	return 0;
}

/* A file that is replaced, or written anew, is another one. */
static int mix_program(uint64_t *key, const char *path)
{
	struct stat found;
	if (stat(path, &found) < 0)
		return -1;
	mix(key, &found.st_size, sizeof found.st_size);
	mix(key, &found.st_mtim, sizeof found.st_mtim);
	return mix_file_identity(key, path);
}

/* What the kernel says in a small file; one that is not there counts as empty. */
static void mix_text(uint64_t *key, const char *path)
{
	char text[4096];
	cleanup_fd int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = file < 0 ? 0 : read(file, text, sizeof text);
	if (length > 0)
		mix(key, text, (size_t)length);
}

static int mix_user(uint64_t *key)
{
	uid_t ids[3];
	gid_t gids[3], groups[MOST_GROUPS];
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct capabilities[_LINUX_CAPABILITY_U32S_3] = { 0 };
	int count = getgroups(MOST_GROUPS, groups);
	if (count < 0 || getresuid(&ids[0], &ids[1], &ids[2]) < 0 || getresgid(&gids[0], &gids[1], &gids[2]) < 0)
		return -1;
	if (syscall(SYS_capget, &header, capabilities) < 0)
		return -1;
	mix(key, ids, sizeof ids);
	mix(key, gids, sizeof gids);
	mix(key, groups, (size_t)count * sizeof *groups);
	mix(key, capabilities, sizeof capabilities);
	return 0;
}

/* Whatever a client inherits at its start and cannot take from a request: who differs in it must not share one. */
static int mix_process(uint64_t *key)
{
	static const char *const worlds[] = { "/proc/self/ns/mnt", "/proc/self/ns/net", "/proc/self/ns/user",
					      "/proc/self/ns/pid", "/" };
	for (size_t each = 0; each < sizeof worlds / sizeof *worlds; each++)
		if (mix_file_identity(key, worlds[each]) < 0)
			return -1;
	mix_text(key, "/proc/self/cgroup");
	mix_text(key, "/proc/self/attr/current");
	const char *zone = getenv("TZ");
	if (zone != NULL)
		mix(key, zone, strlen(zone) + 1);
	int facts[] = { prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), getpriority(PRIO_PROCESS, 0) };
	mix(key, facts, sizeof facts);
	return 0;
}

/* The variable may be another user's: who becomes root often keeps the environment. */
static const char *runtime_folder(void)
{
	struct stat found;
	const char *path = getenv("XDG_RUNTIME_DIR");
	return path != NULL && *path == '/' && stat(path, &found) == 0 && found.st_uid == geteuid() ? path : NULL;
}

/* A folder that only this user can look into, made when it is missing; the user's own runtime folder is preferred. */
static int find_folder(char *folder, size_t size)
{
	struct stat found;
	const char *runtime = runtime_folder();
	int length = runtime != NULL ? snprintf(folder, size, "%s/wharf", runtime)
				     : snprintf(folder, size, "/tmp/wharf-%u", geteuid());
	if (length < 0 || (size_t)length >= size)
		return -1;
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return -1;
	if (lstat(folder, &found) < 0 || !S_ISDIR(found.st_mode))
		return -1;
	return found.st_uid == geteuid() && (found.st_mode & 077) == 0 ? 0 : -1;
}

int find_place(struct place *place, const char *client)
{
	char folder[sizeof place->socket - sizeof "/0123456789abcdef"];
	uint64_t key = 0xcbf29ce484222325u;
	/* Who runs with another's rights, or under a filter of system calls, is not to lend or borrow a process. */
	if (getuid() != geteuid() || getgid() != getegid() || prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 0)
		return -1;
	if (mix_program(&key, client) < 0 || mix_user(&key) < 0 || mix_process(&key) < 0)
		return -1;
	if (find_folder(folder, sizeof folder) < 0)
		return -1;
	snprintf(place->socket, sizeof place->socket, "%s/%016llx", folder, (unsigned long long)key);
	snprintf(place->lock, sizeof place->lock, "%s.lock", place->socket);
	return 0;
}

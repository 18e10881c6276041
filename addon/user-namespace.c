/*
 * User namespaces, for mounts that show the owners of files as others. Only a process can make one, and it lives as
 * long as something holds it: a process without a program is made in it and ended again.
 */
#include "addon.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK_SIZE 16384

/* Shares the memory of the caller's and must not touch any of it: no signal but the last one comes, or its death. */
static int wait_for_end(void *nothing)
{
	(void)nothing;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pause();
}

static int open_of(pid_t pid, const char *file, int flags)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	return open(path, flags | O_CLOEXEC);
}

static int write_map(pid_t pid, const char *file, const char *map)
{
	int fd = open_of(pid, file, O_WRONLY);
	if (fd < 0)
		return -1;
	ssize_t written = write(fd, map, strlen(map));
	int error = errno;
	close(fd);
	errno = error;
	return written < 0 ? -1 : 0;
}

static long make_namespace(const char *uids, const char *gids)
{
	_Alignas(16) char stack[STACK_SIZE];
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	pid_t pid = clone(wait_for_end, stack + STACK_SIZE, CLONE_NEWUSER | CLONE_VM, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (pid < 0)
		return -1;
	int namespace = -1;
	if (write_map(pid, "uid_map", uids) == 0 && write_map(pid, "gid_map", gids) == 0)
		namespace = open_of(pid, "ns/user", O_RDONLY);
	int error = errno;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, __WALL);
	errno = error;
	return namespace;
}

/* userNamespace(uid map, gid map), both as in /proc/PID/uid_map → descriptor of a new user namespace */
static napi_value user_namespace(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	OWNED_TEXT uids = text_argument(&call, 0);
	OWNED_TEXT gids = text_argument(&call, 1);
	return answer(&call, make_namespace(uids, gids));
}

const struct method user_namespace_methods[] = {
	{"userNamespace", user_namespace},
	{NULL, NULL},
};

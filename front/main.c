#include "front.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOT_EXECUTABLE 126

/* The client's program stands beside this one, whatever the name by which this one was called. */
static int find_client(char *path, size_t size)
{
	static const char name[] = "wharf-client";
	ssize_t length = readlink("/proc/self/exe", path, size);
	if (length < 0 || (size_t)length >= size)
		return -1;
	while (length > 0 && path[length - 1] != '/')
		length--;
	if ((size_t)length + sizeof name > size)
		return -1;
	memcpy(path + length, name, sizeof name);
	return 0;
}

/* How many seconds an unused client stays; NULL for a user who wants none. */
static const char *patience(void)
{
	const char *seconds = getenv("WHARF_WARM");
	if (seconds == NULL)
		return "60";
	return strspn(seconds, "0123456789") == strlen(seconds) && atoi(seconds) > 0 ? seconds : NULL;
}

/* A standard descriptor that the caller has closed would be given to the next thing that is opened. */
static bool has_standard_descriptors(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			return false;
	return true;
}

/* The exit code of a command that ran in a warm client; -1 when none ran. */
static int run_warm(const char *client, char **argv)
{
	struct place place;
	const char *seconds = patience();
	if (seconds == NULL || !has_standard_descriptors() || find_place(&place, client) < 0)
		return -1;
	cleanup_fd int connection = reach(&place);
	if (connection < 0) {
		leave_behind(&place, client, seconds);
		return -1;
	}
	return offer(connection, argv) < 0 ? -1 : relay(connection);
}

int main(int argc, char **argv)
{
	char client[PATH_MAX];
	if (argc < 1 || find_client(client, sizeof client) < 0) {
		fputs("wharf: /proc is not there to find wharf-client by\n", stderr);
		return NOT_EXECUTABLE;
	}
	int code = run_warm(client, argv);
	if (code >= 0)
		return code;
	execv(client, argv);
	fprintf(stderr, "wharf: %s: %s\n", client, strerror(errno));
	return NOT_EXECUTABLE;
}

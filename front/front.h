/*
 * front: the program `wharf`. It offers its command line to a client process of the same user that is running already,
 * and relays signals and output; where there is none, or that one declines, it becomes the client itself. It knows no
 * command and decides nothing about them. Protocol: docs/warm-client.md.
 */
#pragma once
#include <limits.h>
#include <stddef.h>
#include <sys/un.h>
#include <unistd.h>

/* Where the warm client of callers like this one listens, and what its starter holds while it lives. */
struct place {
	char socket[sizeof(((struct sockaddr_un *)0)->sun_path)];
	char lock[sizeof(((struct sockaddr_un *)0)->sun_path) + sizeof ".lock"];
};

static inline void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

#define cleanup_fd __attribute__((cleanup(close_fd)))

/* Finds the place for callers like this process and `client`, the program beside it; -1 where there is to be none. */
int find_place(struct place *place, const char *client);

/* Connects to the warm client; -1 when there is none, or it belongs to somebody else. */
int reach(const struct place *place);

/* Leaves a warm client behind that ends after `seconds` without work, unless one is starting already. */
void leave_behind(const struct place *place, const char *client, const char *seconds);

/*
 * Offers the command line with its surroundings. 0: the command runs there, and nowhere else from now on;
 * -1: it does not, and never will.
 */
int offer(int connection, char **argv);

/* Relays until the command has ended; its exit code. */
int relay(int connection);

#include "front.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

/* A client that does not answer at once is not worth waiting for. */
#define PATIENCE_US 250000

/* The descriptor on which a warm client holds its lock. */
#define LOCK_FD 3

static int is_ours(int connection)
{
	struct ucred peer;
	socklen_t size = sizeof peer;
	return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
}

int reach(const struct place *place)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_usec = PATIENCE_US };
	strcpy(address.sun_path, place->socket);
	int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connection < 0)
		return -1;
	setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (connect(connection, (struct sockaddr *)&address, sizeof address) == 0 && is_ours(connection))
		return connection;
	close(connection);
	return -1;
}

/* Becomes the warm client: nothing of the caller's but its rights stays, and the lock. */
static void become_client(const struct place *place, const char *client, const char *seconds, int lock)
{
	char *const argv[] = { "wharf-client", "__warm", (char *)place->socket, (char *)seconds, NULL };
	const char *zone = getenv("TZ");
	char setting[256];
	char *const env[] = { zone == NULL ? NULL : setting, NULL };
	if (zone != NULL && (size_t)snprintf(setting, sizeof setting, "TZ=%s", zone) >= sizeof setting)
		return;
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* A copy, since the lock may be at its place already, where it would be closed by the start of the program. */
	int held = fcntl(lock, F_DUPFD, LOCK_FD + 1);
	int null = open("/dev/null", O_RDWR);
	if (held < 0 || null < 0 || chdir("/") < 0)
		return;
	umask(077);
	setsid();
	for (int fd = 0; fd < LOCK_FD; fd++)
		dup2(null, fd);
	if (dup2(held, LOCK_FD) < 0 || syscall(SYS_close_range, LOCK_FD + 1, ~0u, 0) < 0)
		return;
	execve(client, argv, env);
}

/* The lock is held by the client as long as it lives, so that many commands at once start no more than one. */
void leave_behind(const struct place *place, const char *client, const char *seconds)
{
	cleanup_fd int lock = open(place->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) < 0)
		return;
	pid_t child = fork();
	if (child == 0) {
		/* The client is nobody's child: its caller may count its own. */
		if (fork() == 0)
			become_client(place, client, seconds, lock);
		_exit(0);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
}

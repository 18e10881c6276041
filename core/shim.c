#include "shim.h"
#include "relay.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#define SOCKET_NAME "shim.sock"
#define FIRST_CONNECTION 3
#define IDLE_MS 1000 /* quiet for so long, the shim gives its buffers back */

/* No events: the descriptor is not even asked for hang-ups, which could not be turned off otherwise. */
void watch_for(struct shim *shim, struct watch *watch, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = watch};
	if (events == watch->events)
		return;
	int operation = !events ? EPOLL_CTL_DEL : watch->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
	epoll_ctl(shim->epoll, operation, watch->fd, &event);
	watch->events = events;
}

void watch_close(struct shim *shim, struct watch *watch)
{
	if (watch->fd < 0)
		return;
	watch_for(shim, watch, 0);
	close_fd(&watch->fd);
}

static void on_children(struct watch *watch, uint32_t events)
{
	struct shim *shim = container_of(watch, struct shim, children);
	struct signalfd_siginfo ignored;
	int status;
	if (read(watch->fd, &ignored, sizeof(ignored)) < 0)
		return;
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
		if (pid == shim->container.pid && !shim->container.reaped)
			process_reaped(&shim->container, status);
		for (struct process *exec = shim->execs; exec; exec = exec->next)
			if (pid == exec->pid && !exec->reaped)
				process_reaped(exec, status);
	}
}

static int listen_in_directory(struct shim *shim)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = SOCKET_NAME};
	shim->listener.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	unlink(SOCKET_NAME);
	if (shim->listener.fd < 0 || bind(shim->listener.fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(shim->listener.fd, 128) < 0)
		return -errno;
	watch_for(shim, &shim->listener, EPOLLIN);
	return 0;
}

static int watch_children(struct shim *shim)
{
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	shim->children.fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (shim->children.fd < 0)
		return -errno;
	watch_for(shim, &shim->children, EPOLLIN);
	return 0;
}

void shim_retire(struct shim *shim)
{
	if (shim->listener.fd < 0)
		return;
	relay_close(shim);
	while (shim->held_count > 0)
		close(shim->held[--shim->held_count]);
	watch_close(shim, &shim->listener);
	unlink(SOCKET_NAME);
	unlink("shim.pid");
	unlink("init.pid");
}

/* Follows up on whatever the last event changed; when to wake without one, in ms, or -1. */
static int64_t settle(struct shim *shim)
{
	uint64_t now = now_ms();
	connections_settle(shim);
	int64_t wait = process_settle(&shim->container, now);
	wait = earlier(wait, execs_settle(shim, now));
	if (process_finished(&shim->container) && !shim->execs)
		shim->done = true;
	return shim->dirty ? earlier(wait, IDLE_MS) : wait;
}

static void give_memory_back(struct shim *shim)
{
	madvise(shim->scratch, sizeof(shim->scratch), MADV_DONTNEED);
	buffer_free(&shim->log.out);
	buffer_free(&shim->log.suffix);
	shim->dirty = false;
}

/* One event a turn: what it frees can have no other event waiting. */
static void run(struct shim *shim)
{
	for (;;) {
		struct epoll_event event;
		int64_t wait = settle(shim);
		if (shim->done)
			return;
		int ready = epoll_wait(shim->epoll, &event, 1, (int)wait);
		if (ready > 0) {
			struct watch *watch = event.data.ptr;
			watch->ready(watch, event.events);
		} else if (ready == 0 && shim->dirty) {
			give_memory_back(shim);
		}
	}
}

static const char *option(int argc, char **argv, const char *name)
{
	size_t length = strlen(name);
	for (int i = 2; i < argc; i++)
		if (strncmp(argv[i], name, length) == 0 && argv[i][length] == '=')
			return argv[i] + length + 1;
	return NULL;
}

static void write_pid(void)
{
	cleanup_fd int fd = open("shim.pid", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd >= 0)
		dprintf(fd, "%d\n", getpid());
}

/* `connections` descriptors from 3 on are inherited: the first makes requests, each further one is to ATTACH. */
static int serve(int argc, char **argv, int connections)
{
	struct shim *shim = mmap(NULL, sizeof(*shim), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (shim == MAP_FAILED)
		return -ENOMEM;
	shim->command_line = argv[0];
	shim->command_line_size = (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) + 1 - argv[0]);
	shim->container = (struct process){.shim = shim, .launch = {.pidfd = -1}};
	stdio_init(&shim->container);
	shim->log.fd = -1;
	shim->children.ready = on_children;
	shim->listener.ready = on_connect;
	shim->epoll = epoll_create1(EPOLL_CLOEXEC);
	int error = shim->epoll < 0 ? -errno : watch_children(shim);
	if (!error)
		error = listen_in_directory(shim);
	if (error)
		return error;
	write_pid();
	for (int i = 0; i < connections; i++) {
		fcntl(FIRST_CONNECTION + i, F_SETFD, FD_CLOEXEC);
		connection_add(shim, FIRST_CONNECTION + i, i > 0);
	}
	run(shim);
	shim_retire(shim);
	return 0;
}

int shim_main(int argc, char **argv)
{
	const char *directory = option(argc, argv, "--dir");
	const char *connections = option(argc, argv, "--connections");
	int count = connections ? atoi(connections) : 1;
	if (!directory || chdir(directory) < 0)
		return -EINVAL;
	prctl(PR_SET_NAME, "wharf-shim");
	prctl(PR_SET_DUMPABLE, 0);
	setsid();
	umask(077);
	syscall(SYS_close_range, (unsigned)(FIRST_CONNECTION + count), ~0u, 0u);
	return serve(argc, argv, count);
}

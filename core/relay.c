#include "relay.h"
#include "shim.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define CHUNK 65536

/* What a change of the published ports makes of a listener. */
enum mark { MARK_OLD, MARK_KEPT, MARK_NEW };

struct listener {
	struct watch watch;
	struct listener *next;
	struct sockaddr_storage address, target;
	socklen_t address_size, target_size;
	bool tcp;
	enum mark mark;
};

struct direction {
	int from, to;
	bool ended;
	size_t start, end;
	char data[CHUNK];
};

socklen_t make_address(struct sockaddr_storage *storage, const struct operand *address, uint64_t port)
{
	struct sockaddr_in *four = (struct sockaddr_in *)storage;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)storage;
	memset(storage, 0, sizeof(*storage));
	if (address->size == sizeof(four->sin_addr)) {
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)port);
		memcpy(&four->sin_addr, address->data, address->size);
		return sizeof(*four);
	}
	six->sin6_family = AF_INET6;
	six->sin6_port = htons((uint16_t)port);
	memcpy(&six->sin6_addr, address->data, address->size == 16 ? 16 : 0);
	return sizeof(*six);
}

/* Moves what can be moved now; false when this direction has come to its end. */
static void advance(struct direction *way)
{
	if (way->start == way->end && !way->ended) {
		ssize_t size = recv(way->from, way->data, CHUNK, MSG_DONTWAIT);
		if (size < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		way->start = 0;
		way->end = size > 0 ? (size_t)size : 0;
		way->ended = size <= 0;
		if (way->ended)
			shutdown(way->to, SHUT_WR);
	}
	if (way->start < way->end) {
		ssize_t size = send(way->to, way->data + way->start, way->end - way->start, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (size > 0)
			way->start += (size_t)size;
		else if (errno != EAGAIN && errno != EINTR)
			_exit(0);
	}
}

static void request(struct pollfd *polls, const struct direction *way, int from, int to)
{
	if (way->start < way->end)
		polls[to].events |= POLLOUT;
	else if (!way->ended)
		polls[from].events |= POLLIN;
}

/* The whole life of one connection, in a process of its own that holds nothing but the two sockets. */
static _Noreturn void carry(int client, const struct listener *listener)
{
	static struct direction up, down;
	int server = socket(listener->target.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(server, (const struct sockaddr *)&listener->target, listener->target_size) < 0)
		_exit(1);
	up.from = down.to = client;
	up.to = down.from = server;
	while (!up.ended || !down.ended || up.start < up.end || down.start < down.end) {
		struct pollfd polls[2] = {{.fd = client}, {.fd = server}};
		request(polls, &up, 0, 1);
		request(polls, &down, 1, 0);
		for (int i = 0; i < 2; i++)
			if (!polls[i].events)
				polls[i].fd = -1;
		poll(polls, 2, -1);
		advance(&up);
		advance(&down);
	}
	_exit(0);
}

static void on_connection(struct watch *watch, uint32_t events)
{
	struct listener *listener = container_of(watch, struct listener, watch);
	cleanup_fd int client = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC);
	if (client < 0 || fork() != 0)
		return;
	prctl(PR_SET_NAME, "wharf-relay");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(client, 3);
	syscall(SYS_close_range, 4u, ~0u, 0u);
	carry(3, listener);
}

static int open_listener(struct shim *shim, struct listener *listener, bool shared)
{
	int yes = 1;
	int fd = socket(listener->address.ss_family, (listener->tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	listener->watch = (struct watch){.fd = fd, .ready = on_connection};
	if (listener->tcp)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (shared)
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes));
	if (listener->address.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes));
	if (bind(fd, (struct sockaddr *)&listener->address, listener->address_size) < 0 ||
	    (listener->tcp && listen(fd, 512) < 0))
		return -errno;
	if (listener->tcp)
		watch_for(shim, &listener->watch, EPOLLIN);
	return 0;
}

static bool is_same(const struct listener *one, const struct listener *other)
{
	return one->tcp == other->tcp && memcmp(&one->address, &other->address, sizeof(one->address)) == 0 &&
	       memcmp(&one->target, &other->target, sizeof(one->target)) == 0;
}

int relay_listen(struct shim *shim, const union operands *op, bool shared)
{
	struct listener *listener = calloc(1, sizeof(*listener));
	if (!listener)
		return -ENOMEM;
	listener->watch.fd = -1;
	listener->mark = MARK_NEW;
	listener->tcp = op->listen.protocol.number == IPPROTO_TCP;
	listener->address_size = make_address(&listener->address, &op->listen.address, op->listen.port.number);
	listener->target_size =
		make_address(&listener->target, &op->listen.target_address, op->listen.target_port.number);
	for (struct listener *known = shim->ports; known; known = known->next) {
		if (is_same(known, listener)) {
			known->mark = known->mark == MARK_OLD ? MARK_KEPT : known->mark;
			free(listener);
			return 0;
		}
	}
	listener->next = shim->ports;
	shim->ports = listener;
	return open_listener(shim, listener, shared);
}

static int listen_again(void *self, const union operands *op)
{
	return relay_listen(self, op, false);
}

static int listen_again_shared(void *self, const union operands *op)
{
	return relay_listen(self, op, true);
}

static void drop_marked(struct shim *shim, enum mark mark)
{
	for (struct listener **link = &shim->ports; *link;) {
		struct listener *listener = *link;
		if (listener->mark != mark) {
			link = &listener->next;
			continue;
		}
		*link = listener->next;
		watch_close(shim, &listener->watch);
		free(listener);
	}
}

int relay_replace(struct shim *shim, char *data, size_t size)
{
	static op_handler *const handlers[OP_COUNT] = {
		[OP_LISTEN] = listen_again,
		[OP_LISTEN_SHARED] = listen_again_shared,
	};
	struct failure failure;
	struct plan plan;
	for (struct listener *listener = shim->ports; listener; listener = listener->next)
		listener->mark = MARK_OLD;
	int error = plan_open(&plan, data, size);
	if (!error)
		error = plan_run(&plan, LIST_BEFORE, handlers, shim, &failure);
	drop_marked(shim, error ? MARK_NEW : MARK_OLD);
	return error;
}

void relay_close(struct shim *shim)
{
	for (struct listener *listener = shim->ports; listener; listener = listener->next)
		watch_close(shim, &listener->watch);
}

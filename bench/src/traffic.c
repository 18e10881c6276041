/*
 * Traffic between two places, measured by the one that asks.
 *
 *   traffic serve PORT                      answers connections one after the other, for ten minutes at most
 *   traffic send ADDRESS PORT MEGABYTES     sends them over one connection
 *   traffic echo ADDRESS PORT COUNT         sends a byte and waits for it to come back, over one connection
 *   traffic dial ADDRESS PORT COUNT         does so over as many connections, one after the other
 *
 * All but the first print the milliseconds that it took. A server that is not up yet is waited for.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char buffer[1 << 17];

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static struct sockaddr_in place(const char *address, const char *port)
{
	struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
	if (inet_pton(AF_INET, address, &place.sin_addr) != 1)
		errx(1, "%s is no IPv4 address", address);
	return place;
}

static void set(int socket, int level, int name)
{
	int on = 1;
	if (setsockopt(socket, level, name, &on, sizeof on))
		err(1, "setsockopt");
}

/* A connection is an echo of its first byte, then of all others of that byte, or a sink that says when it has all. */
static void answer(int caller)
{
	ssize_t length = recv(caller, buffer, 1, 0);
	int is_echo = length == 1 && buffer[0] == 'e';
	while (length > 0) {
		if (is_echo && send(caller, buffer, (size_t)length, MSG_NOSIGNAL) != length)
			return;
		length = recv(caller, buffer, sizeof buffer, 0);
	}
	if (!is_echo)
		send(caller, "d", 1, MSG_NOSIGNAL);
}

static void serve(const char *port)
{
	struct sockaddr_in here = place("0.0.0.0", port);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	set(listener, SOL_SOCKET, SO_REUSEADDR);
	if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 128))
		err(1, "listen");
	for (;;) {
		int caller = accept(listener, NULL, NULL);
		if (caller < 0)
			err(1, "accept");
		set(caller, IPPROTO_TCP, TCP_NODELAY);
		answer(caller);
		close(caller);
	}
}

static int try_dial(const struct sockaddr_in *server)
{
	int connection = socket(AF_INET, SOCK_STREAM, 0);
	if (connection < 0)
		err(1, "socket");
	set(connection, IPPROTO_TCP, TCP_NODELAY);
	if (connect(connection, (const struct sockaddr *)server, sizeof *server) == 0)
		return connection;
	close(connection);
	return -1;
}

static int dial(const struct sockaddr_in *server)
{
	int connection = try_dial(server);
	if (connection < 0)
		err(1, "connect");
	return connection;
}

/* A proxy in between may take the connection before anybody behind it does: only an echo tells. */
static int echo(int connection)
{
	char byte = 'e';
	return send(connection, &byte, 1, MSG_NOSIGNAL) == 1 && recv(connection, &byte, 1, 0) == 1;
}

static void await_server(const struct sockaddr_in *server)
{
	for (int tries = 0; tries < 500; tries++) {
		int connection = try_dial(server);
		int answered = connection >= 0 && echo(connection);
		if (connection >= 0)
			close(connection);
		if (answered)
			return;
		usleep(20000);
	}
	errx(1, "nobody answers");
}

static void send_megabytes(const struct sockaddr_in *server, long megabytes)
{
	int connection = dial(server);
	memset(buffer, 's', sizeof buffer);
	for (long left = megabytes * 1000000; left > 0;) {
		size_t size = left < (long)sizeof buffer ? (size_t)left : sizeof buffer;
		ssize_t sent = send(connection, buffer, size, MSG_NOSIGNAL);
		if (sent <= 0)
			err(1, "send");
		left -= sent;
	}
	shutdown(connection, SHUT_WR);
	if (recv(connection, buffer, 1, 0) != 1)
		err(1, "recv");
	close(connection);
}

static void send_echoes(const struct sockaddr_in *server, long count)
{
	int connection = dial(server);
	for (; count > 0; count--)
		if (!echo(connection))
			err(1, "echo");
	close(connection);
}

static void dial_often(const struct sockaddr_in *server, long count)
{
	for (; count > 0; count--)
		send_echoes(server, 1);
}

int main(int argc, char **argv)
{
	alarm(600);
	if (argc == 3 && !strcmp(argv[1], "serve"))
		serve(argv[2]);
	if (argc != 5)
		errx(2, "usage: traffic serve PORT | send ADDRESS PORT MEGABYTES | echo|dial ADDRESS PORT COUNT");
	struct sockaddr_in server = place(argv[2], argv[3]);
	await_server(&server);
	double start = now();
	if (!strcmp(argv[1], "send"))
		send_megabytes(&server, atol(argv[4]));
	else if (!strcmp(argv[1], "echo"))
		send_echoes(&server, atol(argv[4]));
	else
		dial_often(&server, atol(argv[4]));
	printf("%.3f\n", now() - start);
}

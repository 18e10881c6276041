/*
 * Asks an HTTP server on 127.0.0.1 for the PATHs, one after the other, COUNT times over, as CLIENTS processes with one
 * connection each, and throws away what it gets. Anything but a whole 200 ends it with an error.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static char buffer[1 << 20];

static int dial(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int server = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (server < 0 || connect(server, (struct sockaddr *)&address, sizeof address))
		err(1, "connect");
	return server;
}

static void ask(int server, const char *path)
{
	char head[1024];
	int size = snprintf(head, sizeof head,
			    "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
			    "Accept: application/vnd.docker.distribution.manifest.v2+json\r\n\r\n",
			    path);

	if (size >= (int)sizeof head || send(server, head, (size_t)size, 0) != size)
		err(1, "send");
}

/* Reads the answer to a request to its end. */
static void drain(int server, const char *path)
{
	int64_t left;
	ssize_t have = 0, got;
	char *end = NULL, *field;

	while (!end) {
		got = recv(server, buffer + have, sizeof buffer - 1 - (size_t)have, 0);
		if (got <= 0)
			err(1, "recv");
		have += got;
		buffer[have] = '\0';
		end = strstr(buffer, "\r\n\r\n");
	}
	if (strncmp(buffer, "HTTP/1.1 200 ", 13))
		errx(1, "%s: %.40s", path, buffer);
	field = strcasestr(buffer, "\r\ncontent-length:");
	if (!field || field > end)
		errx(1, "%s: no Content-Length", path);
	left = strtoll(field + 17, NULL, 10) - (have - (end + 4 - buffer));
	for (; left > 0; left -= got) {
		got = recv(server, buffer, sizeof buffer, 0);
		if (got <= 0)
			err(1, "recv");
	}
}

static void run_client(int port, int count, char **paths)
{
	int server = dial(port);

	while (count-- > 0) {
		for (char **path = paths; *path; path++) {
			ask(server, *path);
			drain(server, *path);
		}
	}
}

int main(int argc, char **argv)
{
	int status, failed = 0;

	if (argc < 5)
		errx(2, "usage: fetch PORT COUNT CLIENTS PATH...");
	for (int client = atoi(argv[3]); client > 0; client--) {
		if (fork() == 0) {
			run_client(atoi(argv[1]), atoi(argv[2]), argv + 4);
			_exit(0);
		}
	}
	while (wait(&status) > 0)
		failed |= status != 0;
	return failed;
}

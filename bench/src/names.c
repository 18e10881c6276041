/*
 * Questions to the DNS server of a container, asked in the container.
 *
 *   names NAME COUNT     asks the first server of /etc/resolv.conf for the name, 32 questions under way at a time
 *
 * Prints the milliseconds that it took. Ends with 1 when a question is refused, or not answered within two seconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define UNDER_WAY 32

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int open_server(void)
{
	char line[256], address[64] = "";
	FILE *file = fopen("/etc/resolv.conf", "r");
	while (file && fgets(line, sizeof line, file))
		if (sscanf(line, "nameserver %63s", address) == 1)
			break;
	struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(53)};
	if (inet_pton(AF_INET, address, &server.sin_addr) != 1)
		errx(1, "no server");
	int asking = socket(AF_INET, SOCK_DGRAM, 0);
	struct timeval patience = {.tv_sec = 2};
	if (asking < 0 || setsockopt(asking, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) ||
	    connect(asking, (struct sockaddr *)&server, sizeof server))
		err(1, "connect");
	return asking;
}

/* One label, type A. */
static size_t make_question(unsigned char *question, const char *name)
{
	size_t length = strlen(name);
	static const unsigned char head[12] = {0, 0, 1, 0, 0, 1};
	static const unsigned char tail[5] = {0, 0, 1, 0, 1};
	memcpy(question, head, sizeof head);
	question[12] = (unsigned char)length;
	memcpy(question + 13, name, length);
	memcpy(question + 13 + length, tail, sizeof tail);
	return 13 + length + sizeof tail;
}

static void ask(int server, unsigned char *question, size_t size, long number)
{
	question[0] = (unsigned char)(number >> 8);
	question[1] = (unsigned char)number;
	if (send(server, question, size, 0) < 0)
		err(1, "send");
}

int main(int argc, char **argv)
{
	if (argc != 3 || strlen(argv[1]) > 63)
		errx(2, "usage: names NAME COUNT");
	unsigned char question[128], answer[512];
	size_t size = make_question(question, argv[1]);
	long count = atol(argv[2]), asked = 0;
	int server = open_server();
	double start = now();
	while (asked < UNDER_WAY && asked < count)
		ask(server, question, size, asked++);
	for (long answered = 0; answered < count; answered++) {
		if (recv(server, answer, sizeof answer, 0) < 12)
			err(1, "recv");
		if (answer[3] & 15 || !answer[7])
			errx(1, "no such name");
		if (asked < count)
			ask(server, question, size, asked++);
	}
	printf("%.1f\n", now() - start);
	return 0;
}

#include "front.h"
#include "frame.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

extern char **environ;

/* One fact: a letter that says what it is, its text, and a NUL. */
static void tell(FILE *text, char kind, const char *value)
{
	putc(kind, text);
	fputs(value, text);
	putc('\0', text);
}

static void tell_terminals(FILE *text)
{
	for (int fd = 0; fd <= 2; fd++) {
		struct winsize size = { 0 };
		char words[64];
		if (!isatty(fd))
			continue;
		ioctl(fd, TIOCGWINSZ, &size);
		snprintf(words, sizeof words, "%d %u %u", fd, size.ws_row, size.ws_col);
		tell(text, TELL_TERMINAL, words);
	}
}

/* The command line and its surroundings as one frame; NULL when there is no memory, or no folder to stand in. */
static char *describe(char **argv, size_t *size)
{
	char folder[PATH_MAX], *frame = NULL;
	FILE *text = getcwd(folder, sizeof folder) == NULL ? NULL : open_memstream(&frame, size);
	if (text == NULL)
		return NULL;
	fwrite(&(struct header){ .kind = FRAME_CALL }, sizeof(struct header), 1, text);
	tell(text, TELL_PROGRAM, *argv);
	while (*++argv != NULL)
		tell(text, TELL_ARGUMENT, *argv);
	for (char **variable = environ; *variable != NULL; variable++)
		tell(text, TELL_VARIABLE, *variable);
	tell(text, TELL_FOLDER, folder);
	tell_terminals(text);
	if (fclose(text) != 0)
		return NULL;
	((struct header *)frame)->size = (uint32_t)(*size - sizeof(struct header));
	return frame;
}

static int send_all(int connection, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t sent = send(connection, bytes, size, MSG_NOSIGNAL);
		if (sent < 0)
			return -1;
		bytes += sent;
		size -= (size_t)sent;
	}
	return 0;
}

/*
 * The other side begins when it is told to go, not before: so a caller that has lost its patience can do the work
 * itself, and nothing is done twice.
 */
int offer(int connection, char **argv)
{
	struct header answer, go = { .kind = FRAME_GO };
	size_t size;
	char *call = describe(argv, &size);
	int error = call == NULL ? -1 : send_all(connection, call, size);
	free(call);
	if (error || recv(connection, &answer, sizeof answer, MSG_WAITALL) != sizeof answer || answer.kind != FRAME_WILLING)
		return -1;
	return send_all(connection, (const char *)&go, sizeof go);
}

/* The container's log in the shape of Docker's json-file: one JSON object a line. */
#pragma once
#include "buffer.h"
#include <stdint.h>
#include <time.h>

#define LOG_LINE_LIMIT (1u << 20)

struct log {
	int fd;            /* -1: nothing is kept */
	uint64_t position; /* the file's size */
	struct buffer out; /* encoded, not written yet */
	time_t second;     /* the second that `stamp` tells */
	char stamp[24];
	char suffix[96];   /* what follows the text of the records being written */
};

int log_open(struct log *log, const char *path);
/* Writes the whole lines of `data`; an unfinished one waits in `partial`, up to LOG_LINE_LIMIT. */
void log_output(struct log *log, struct buffer *partial, const char *stream, const char *data, size_t size);
/* Writes what is left of a stream that has ended. */
void log_end(struct log *log, struct buffer *partial, const char *stream);

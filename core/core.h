/* What every file of the core shares: the failure report and owned descriptors. Functions return 0 or -errno. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <unistd.h>

#define NO_INDEX UINT32_MAX

/* Where a launch failed: the list and index of the operation (NO_INDEX: outside any), and words of its own if any. */
struct failure {
	uint32_t list, index;
	int32_t error;
	char text[512];
};

__attribute__((format(printf, 3, 4))) int fail(struct failure *failure, int error, const char *format, ...);

static inline void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

#define cleanup_fd __attribute__((cleanup(close_fd)))
#define container_of(pointer, type, member) ((type *)((char *)(pointer) - offsetof(type, member)))

/* Writes all of a text to an existing file below the directory `dir`. */
int write_text(int dir, const char *path, const char *text, size_t size);
/* Sends bytes and, unless it is -1, a copy of a descriptor over a unix socket; `flags` are those of send(2). */
int send_passing(int socket, const void *bytes, size_t size, int passed_fd, int flags);
/* The earlier of two waits in ms; -1 is none. */
static inline int64_t earlier(int64_t one, int64_t other)
{
	return one < 0 || (other >= 0 && other < one) ? other : one;
}

uint64_t now_ms(void);
uint64_t wall_ns(void);

/* Bytes that wait: whole pages that go back to the kernel as soon as the buffer is empty. */
#pragma once
#include <stddef.h>

struct buffer {
	char *data;
	size_t start, end, capacity;
};

static inline size_t buffer_size(const struct buffer *buffer)
{
	return buffer->end - buffer->start;
}

/* Makes room for `size` bytes behind the end. */
int buffer_reserve(struct buffer *buffer, size_t size);
int buffer_append(struct buffer *buffer, const void *data, size_t size);
void buffer_consume(struct buffer *buffer, size_t size);
void buffer_free(struct buffer *buffer);

#define cleanup_buffer __attribute__((cleanup(buffer_free)))

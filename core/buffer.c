#include "buffer.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

int buffer_reserve(struct buffer *buffer, size_t size)
{
	size_t capacity = (buffer->end + size + 4095) & ~(size_t)4095;
	if (capacity <= buffer->capacity)
		return 0;
	void *data = buffer->data ? mremap(buffer->data, buffer->capacity, capacity, MREMAP_MAYMOVE)
				  : mmap(NULL, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (data == MAP_FAILED)
		return -ENOMEM;
	buffer->data = data;
	buffer->capacity = capacity;
	return 0;
}

int buffer_append(struct buffer *buffer, const void *data, size_t size)
{
	if (buffer->start > 0 && buffer->end + size > buffer->capacity) {
		memmove(buffer->data, buffer->data + buffer->start, buffer_size(buffer));
		buffer->end -= buffer->start;
		buffer->start = 0;
	}
	if (buffer_reserve(buffer, size))
		return -ENOMEM;
	memcpy(buffer->data + buffer->end, data, size);
	buffer->end += size;
	return 0;
}

void buffer_consume(struct buffer *buffer, size_t size)
{
	buffer->start += size;
	if (buffer->start == buffer->end)
		buffer_free(buffer);
}

void buffer_free(struct buffer *buffer)
{
	if (buffer->data)
		munmap(buffer->data, buffer->capacity);
	*buffer = (struct buffer){0};
}

/*
 * Docker's `local` shape: the length of an entry as 32 bits (big endian), the entry in protobuf (1 source, 2 time in
 * nanoseconds, 3 line, 4 whether its line goes on), and the length again.
 */
#include "log.h"

#include <string.h>

enum { FIELD_SOURCE = 1, FIELD_TIME = 2, FIELD_LINE = 3, FIELD_PARTIAL = 4 };
enum { WIRE_VARINT = 0, WIRE_BYTES = 2 };

static uint32_t big_endian(const uint8_t *in)
{
	return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

static bool take_varint(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
	*value = 0;
	for (unsigned shift = 0; shift < 64 && *at < end; shift += 7) {
		uint8_t byte = *(*at)++;
		*value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

static bool take_bytes(struct log_entry *entry, uint64_t field, const uint8_t *value, size_t length)
{
	if (field == FIELD_LINE) {
		entry->text = value;
		entry->length = length;
	} else if (field == FIELD_SOURCE) {
		if (length != 6 || memcmp(value, "std", 3) != 0)
			return false;
		entry->stream = memcmp(value, "stderr", 6) == 0 ? LOG_STDERR : LOG_STDOUT;
	}
	return true;
}

static bool parse_fields(const uint8_t *at, const uint8_t *end, struct log_entry *entry)
{
	uint64_t tag, value;
	while (at < end) {
		if (!take_varint(&at, end, &tag) || !take_varint(&at, end, &value))
			return false;
		uint64_t field = tag >> 3;
		if ((tag & 7) == WIRE_BYTES) {
			if (value > (size_t)(end - at) || !take_bytes(entry, field, at, (size_t)value))
				return false;
			at += value;
		} else if ((tag & 7) != WIRE_VARINT) {
			return false;
		} else if (field == FIELD_TIME) {
			entry->time_ns = (int64_t)value;
		} else if (field == FIELD_PARTIAL) {
			entry->line_feed = value == 0;
		}
	}
	return entry->stream != 0;
}

size_t parse_local_entry(const uint8_t *in, size_t size, struct log_entry *entry)
{
	static const uint8_t source[] = {FIELD_SOURCE << 3 | WIRE_BYTES, 6, 's', 't', 'd'};
	*entry = (struct log_entry){.line_feed = true};
	if (size < 4 + sizeof(source))
		return 0;
	size_t length = big_endian(in);
	bool plausible = length >= sizeof(source) && length <= LOCAL_ENTRY_MAX &&
			 memcmp(in + 4, source, sizeof(source)) == 0;
	if (plausible && size < length + 8)
		return 0;
	if (plausible && big_endian(in + 4 + length) == length && parse_fields(in + 4, in + 4 + length, entry))
		return length + 8;
	/* Not the start of an entry: the next one may begin at any byte. */
	entry->stream = 0;
	return 1;
}

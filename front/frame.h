/* What front and client say to each other; src/cli/warm/frames.ts has the same. Both run on little-endian machines. */
#pragma once
#include <stdint.h>

struct header {
	uint8_t kind;
	uint32_t size;
} __attribute__((packed));

enum {
	/* From front to client. */
	FRAME_CALL = 'C',
	FRAME_GO = 'G',
	FRAME_SIGNAL = 'S',
	/* From client to front. */
	FRAME_WILLING = 'W',
	FRAME_OUT = 'O',
	FRAME_ERROR = 'E',
	FRAME_TAKE = 'T',
	FRAME_EXIT = 'X',
};

/* The letters of the facts in a call. */
enum {
	TELL_PROGRAM = 'p',
	TELL_ARGUMENT = 'a',
	TELL_VARIABLE = 'e',
	TELL_FOLDER = 'd',
	TELL_TERMINAL = 't',
};

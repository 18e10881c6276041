/*
 * The N-API addon: kernel calls that no JavaScript runtime offers, each as one function. It decides nothing:
 * every method takes numbers, texts and bytes, makes its call and answers with the call's result, or with
 * -errno. What it opens is close-on-exec.
 */
#ifndef WHARF_ADDON_H
#define WHARF_ADDON_H

#define _GNU_SOURCE
#include <node_api.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_ARGUMENTS 7

/* One call from JavaScript: its arguments, fetched by place. */
struct call {
	napi_env env;
	size_t count;
	napi_value argument[MAX_ARGUMENTS];
};

struct bytes {
	void *start;
	size_t length;
};

struct method {
	const char *name;
	napi_callback run;
};

struct call begin_call(napi_env env, napi_callback_info info);

/* The argument as a number; 0 when it is none. */
int int_argument(const struct call *call, size_t place);
int64_t long_argument(const struct call *call, size_t place);
/* The argument as a text of its own, to be freed; NULL when it is no string. */
char *text_argument(const struct call *call, size_t place);
/* The memory of a Uint8Array argument; empty when it is none. */
struct bytes bytes_argument(const struct call *call, size_t place);

/* Answers a system call's result: the number, or -errno when it is negative. */
napi_value answer(const struct call *call, long result);
napi_value answer_pair(const struct call *call, const int pair[2]);

void free_text(char **text);
#define OWNED_TEXT __attribute__((cleanup(free_text))) char *

/* The methods of each file; a table ends with a NULL name. */
extern const struct method poll_methods[];
extern const struct method descriptor_methods[];
extern const struct method socket_methods[];
extern const struct method mount_methods[];
extern const struct method mount_inside_methods[];
extern const struct method file_methods[];
extern const struct method log_methods[];
extern const struct method process_methods[];
extern const struct method user_namespace_methods[];
extern const struct method loop_methods[];
extern const struct method mount_apart_methods[];

#endif

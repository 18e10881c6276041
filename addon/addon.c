/* The module's entry point, and how arguments come in and results go out. */
#include "addon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct call begin_call(napi_env env, napi_callback_info info)
{
	struct call call = {.env = env, .count = MAX_ARGUMENTS};
	napi_get_cb_info(env, info, &call.count, call.argument, NULL, NULL);
	return call;
}

int64_t long_argument(const struct call *call, size_t place)
{
	int64_t number = 0;
	if (place < call->count)
		napi_get_value_int64(call->env, call->argument[place], &number);
	return number;
}

int int_argument(const struct call *call, size_t place)
{
	return (int)long_argument(call, place);
}

/* A text that is given as bytes, for not every name of a file is one that JavaScript can hold. */
static char *text_of_bytes(const struct call *call, struct bytes bytes)
{
	char *text = malloc(bytes.length + 1);
	if (!text)
		return NULL;
	memcpy(text, bytes.start, bytes.length);
	text[bytes.length] = '\0';
	if (strlen(text) != bytes.length)
		napi_throw_type_error(call->env, "ERR_INVALID_ARG_VALUE", "bytes for the kernel contain a NUL");
	return text;
}

char *text_argument(const struct call *call, size_t place)
{
	size_t length;
	struct bytes bytes = bytes_argument(call, place);
	if (bytes.start)
		return text_of_bytes(call, bytes);
	if (place >= call->count ||
	    napi_get_value_string_utf8(call->env, call->argument[place], NULL, 0, &length) != napi_ok)
		return NULL;
	char *text = malloc(length + 1);
	if (!text)
		return NULL;
	napi_get_value_string_utf8(call->env, call->argument[place], text, length + 1, &length);
	if (strlen(text) != length)
		napi_throw_type_error(call->env, "ERR_INVALID_ARG_VALUE", "a text for the kernel contains a NUL");
	return text;
}

struct bytes bytes_argument(const struct call *call, size_t place)
{
	struct bytes bytes = {NULL, 0};
	bool is_array = false;
	napi_typedarray_type type;
	if (place >= call->count)
		return bytes;
	napi_is_typedarray(call->env, call->argument[place], &is_array);
	if (is_array)
		napi_get_typedarray_info(call->env, call->argument[place], &type, &bytes.length, &bytes.start, NULL,
					 NULL);
	return bytes;
}

napi_value answer(const struct call *call, long result)
{
	napi_value value;
	napi_create_int64(call->env, result < 0 ? -errno : result, &value);
	return value;
}

napi_value answer_pair(const struct call *call, const int pair[2])
{
	napi_value array, value;
	napi_create_array_with_length(call->env, 2, &array);
	for (uint32_t i = 0; i < 2; i++) {
		napi_create_int32(call->env, pair[i], &value);
		napi_set_element(call->env, array, i, value);
	}
	return array;
}

void free_text(char **text)
{
	free(*text);
}

static void define(napi_env env, napi_value exports, const struct method *methods)
{
	for (const struct method *method = methods; method->name; method++) {
		napi_value function;
		napi_create_function(env, method->name, NAPI_AUTO_LENGTH, method->run, NULL, &function);
		napi_set_named_property(env, exports, method->name, function);
	}
}

NAPI_MODULE_INIT()
{
	define(env, exports, poll_methods);
	define(env, exports, descriptor_methods);
	define(env, exports, socket_methods);
	define(env, exports, mount_methods);
	define(env, exports, mount_inside_methods);
	define(env, exports, file_methods);
	define(env, exports, log_methods);
	define(env, exports, process_methods);
	define(env, exports, user_namespace_methods);
	define(env, exports, loop_methods);
	define(env, exports, mount_apart_methods);
	return exports;
}

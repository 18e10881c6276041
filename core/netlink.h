/* Netlink messages that were made elsewhere: sent, and their acknowledgements read. */
#pragma once
#include <stddef.h>

/* Sends the messages of one buffer in the caller's network namespace; the first refusal is the result. */
int netlink_talk(int protocol, const char *messages, size_t size);

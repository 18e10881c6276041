/* Published ports: reserved by listening sockets, whose TCP connections a child carries to the container. */
#pragma once
#include "plan.h"
#include <sys/socket.h>

struct shim;

/* A socket address of an operand of 4 or 16 bytes; returns its size. */
socklen_t make_address(struct sockaddr_storage *storage, const struct operand *address, uint64_t port);
/*
 * The `listen` operation, and `listen_shared`, whose port other shims may share; a port that is listened at already
 * is no error.
 */
int relay_listen(struct shim *shim, const union operands *op, bool shared);
/* Makes the `listen` and `listen_shared` operations of a plan's `before` the published ports: equal ones go on, others end; or nothing. */
int relay_replace(struct shim *shim, char *data, size_t size);
/* Gives the ports back; connections that are being carried go on. */
void relay_close(struct shim *shim);

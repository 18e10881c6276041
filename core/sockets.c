#include "relay.h"
#include "shim.h"
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>

/* Nothing has an address there yet; with the loopback device up, all of 127/8 is one. */
static int open_bound(const union operands *op)
{
	struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	struct sockaddr_storage address;
	bool tcp = op->hold_socket.protocol.number == IPPROTO_TCP;
	socklen_t size = make_address(&address, &op->hold_socket.address, op->hold_socket.port.number);
	int fd = socket(address.ss_family, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &loopback) < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 ||
	    (tcp && listen(fd, 128) < 0)) {
		int error = errno;
		close(fd);
		return -error;
	}
	return fd;
}

int op_hold_socket(void *self, const union operands *op)
{
	struct launch *launch = self;
	char path[32];
	snprintf(path, sizeof(path), "/proc/%d/ns/net", launch->pid);
	cleanup_fd int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	cleanup_fd int theirs = open(path, O_RDONLY | O_CLOEXEC);
	if (own < 0 || theirs < 0 || setns(theirs, CLONE_NEWNET) < 0)
		return -errno;
	int fd = launch->shim->held_count < MAX_HELD ? open_bound(op) : -EMFILE;
	if (fd >= 0)
		launch->shim->held[launch->shim->held_count++] = fd;
	if (setns(own, CLONE_NEWNET) < 0)
		return -errno;
	return fd < 0 ? fd : 0;
}

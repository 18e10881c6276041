#include "netlink.h"
#include "core.h"
#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>

static int count_acknowledged(const char *messages, size_t size)
{
	int count = 0;
	for (size_t at = 0; at + sizeof(struct nlmsghdr) <= size;) {
		const struct nlmsghdr *message = (const void *)(messages + at);
		if (message->nlmsg_len < sizeof(*message))
			return -EBADMSG;
		count += (message->nlmsg_flags & NLM_F_ACK) != 0;
		at += NLMSG_ALIGN(message->nlmsg_len);
	}
	return count;
}

/* Takes the acknowledgements out of one datagram; `expected` goes down by each. */
static int read_acknowledgements(char *datagram, size_t size, int *expected)
{
	int result = 0;
	while (size >= sizeof(struct nlmsghdr)) {
		const struct nlmsghdr *message = (const void *)datagram;
		size_t length = NLMSG_ALIGN(message->nlmsg_len);
		if (message->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *answer = NLMSG_DATA(message);
			(*expected)--;
			result = result ? result : answer->error;
		}
		if (length < sizeof(*message) || length > size)
			break;
		datagram += length;
		size -= length;
	}
	return result;
}

int netlink_talk(int protocol, const char *messages, size_t size)
{
	_Alignas(struct nlmsghdr) char answer[8192];
	int expected = count_acknowledged(messages, size);
	if (expected < 0)
		return expected;
	cleanup_fd int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		return -errno;
	if (send(fd, messages, size, 0) < 0)
		return -errno;
	int result = 0;
	while (expected > 0) {
		ssize_t received = recv(fd, answer, sizeof(answer), 0);
		if (received < 0)
			return -errno;
		int error = read_acknowledgements(answer, (size_t)received, &expected);
		result = result ? result : error;
	}
	return result;
}

/* Processes by descriptor (a pid can be used again by the kernel, a pidfd can't), and this process's own memory. */
#define _GNU_SOURCE
#include "addon.h"

#include <errno.h>
#include <link.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* pidfdOpen(pid) → descriptor, readable when the process has ended */
static napi_value open_pidfd(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	return answer(&call, syscall(SYS_pidfd_open, int_argument(&call, 0), 0));
}

/* pidfdSendSignal(pidfd, signal) */
static napi_value signal_pidfd(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	return answer(&call, syscall(SYS_pidfd_send_signal, int_argument(&call, 0), int_argument(&call, 1), NULL, 0));
}

/* pidfdGetDescriptor(pidfd, descriptor of that process) → a descriptor for the same open file */
static napi_value get_descriptor(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	return answer(&call, syscall(SYS_pidfd_getfd, int_argument(&call, 0), int_argument(&call, 1), 0));
}

/* Called with the program itself first; 1 ends the walk there. */
static int release_text(struct dl_phdr_info *program, size_t size, void *result)
{
	(void)size;
	for (int i = 0; i < program->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &program->dlpi_phdr[i];
		if (segment->p_type != PT_LOAD || (segment->p_flags & (PF_X | PF_W)) != PF_X)
			continue;
		uintptr_t start = program->dlpi_addr + segment->p_vaddr;
		uintptr_t page = start & ~(uintptr_t)(getpagesize() - 1);
		*(long *)result = madvise((void *)page, segment->p_memsz + (start - page), MADV_DONTNEED);
	}
	return 1;
}

/* releaseProgramText(): unmaps the pages of the program's code; the kernel maps them again as they are run */
static napi_value release_program_text(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	long result = 0;
	dl_iterate_phdr(release_text, &result);
	return answer(&call, result);
}

/* monotonicTime() → CLOCK_MONOTONIC in microseconds */
static napi_value monotonic_time(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct timespec now;
	if (clock_gettime(CLOCK_MONOTONIC, &now))
		return answer(&call, -1);
	return answer(&call, now.tv_sec * 1000000L + now.tv_nsec / 1000);
}

const struct method process_methods[] = {
	{"pidfdOpen", open_pidfd},
	{"pidfdSendSignal", signal_pidfd},
	{"pidfdGetDescriptor", get_descriptor},
	{"releaseProgramText", release_program_text},
	{"monotonicTime", monotonic_time},
	{NULL, NULL},
};

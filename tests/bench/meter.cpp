// SPDX-License-Identifier: Apache-2.0
#include "meter.hpp"

#include <dlfcn.h>
#include <execinfo.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace sfu::bench {
namespace {

// Initialised before the program is loaded, so that malloc may touch it at any time.
thread_local constinit ThreadCounts counts;

void count_allocation() {
  counts.allocations.store(counts.allocations.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  const int traced = counts.traced.load(std::memory_order_relaxed);
  if (traced == 0) return;
  counts.traced.store(0, std::memory_order_relaxed);  // backtrace() may allocate
  void* frames[24];
  const int depth = backtrace(frames, 24);
  backtrace_symbols_fd(frames + 2, depth - 2, STDERR_FILENO);
  (void)!write(STDERR_FILENO, "\n", 1);
  counts.traced.store(traced - 1, std::memory_order_relaxed);
}

void count_call() {
  counts.system_calls.store(counts.system_calls.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

ThreadCounts& thread_counts() {
  return counts;
}

}  // namespace sfu::bench

// glibc's own, under the names that it keeps for those who replace malloc. operator new calls malloc.
extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier)
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
// NOLINTEND(bugprone-reserved-identifier)

__attribute__((visibility("default"))) void* malloc(std::size_t size) {
  sfu::bench::count_allocation();
  return __libc_malloc(size);
}
__attribute__((visibility("default"))) void* calloc(std::size_t count, std::size_t size) {
  sfu::bench::count_allocation();
  return __libc_calloc(count, size);
}
__attribute__((visibility("default"))) void* realloc(void* old, std::size_t size) {
  sfu::bench::count_allocation();
  return __libc_realloc(old, size);
}
__attribute__((visibility("default"))) void* memalign(std::size_t alignment, std::size_t size) {
  sfu::bench::count_allocation();
  return __libc_memalign(alignment, size);
}
__attribute__((visibility("default"))) void* aligned_alloc(std::size_t alignment, std::size_t size) {
  sfu::bench::count_allocation();
  return __libc_memalign(alignment, size);
}
__attribute__((visibility("default"))) int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
  sfu::bench::count_allocation();
  *out = __libc_memalign(alignment, size);
  return *out != nullptr ? 0 : ENOMEM;
}
}

namespace {

// Counts a system call, and gives the function of libc that makes it.
template <typename Function>
Function* next_of(Function*& known, const char* name) {
  sfu::bench::count_call();
  if (known == nullptr) known = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
  return known;
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) int epoll_wait(int epoll, epoll_event* events, int size, int timeout) {
  static decltype(epoll_wait)* next = nullptr;
  return next_of(next, "epoll_wait")(epoll, events, size, timeout);
}
__attribute__((visibility("default"))) int epoll_pwait2(int epoll, epoll_event* events, int size,
                                                        const timespec* timeout, const sigset_t* mask) {
  static decltype(epoll_pwait2)* next = nullptr;
  return next_of(next, "epoll_pwait2")(epoll, events, size, timeout, mask);
}
__attribute__((visibility("default"))) int recvmmsg(int socket, mmsghdr* messages, unsigned count, int flags,
                                                    timespec* timeout) {
  static decltype(recvmmsg)* next = nullptr;
  return next_of(next, "recvmmsg")(socket, messages, count, flags, timeout);
}
__attribute__((visibility("default"))) int sendmmsg(int socket, mmsghdr* messages, unsigned count, int flags) {
  static decltype(sendmmsg)* next = nullptr;
  return next_of(next, "sendmmsg")(socket, messages, count, flags);
}
__attribute__((visibility("default"))) ssize_t sendmsg(int socket, const msghdr* message, int flags) {
  static decltype(sendmsg)* next = nullptr;
  return next_of(next, "sendmsg")(socket, message, flags);
}
__attribute__((visibility("default"))) ssize_t read(int descriptor, void* bytes, std::size_t size) {
  static decltype(read)* next = nullptr;
  return next_of(next, "read")(descriptor, bytes, size);
}
}

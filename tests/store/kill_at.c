/* Preloaded into a program that writes: kills it (SIGKILL) before the N-th call that changes a file, where N
   is the environment variable PKGTRUST_KILL_AT. The test raises N until the program ends by itself. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static void count_call(void) {
  static long calls;
  const char* const at = getenv("PKGTRUST_KILL_AT");
  if (at != NULL && ++calls == atol(at)) kill(getpid(), SIGKILL);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void* bytes, size_t size) {
  count_call();
  return NEXT(write)(fd, bytes, size);
}
ssize_t writev(int fd, const struct iovec* parts, int count) {
  count_call();
  return NEXT(writev)(fd, parts, count);
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  count_call();
  return NEXT(pwrite)(fd, bytes, size, offset);
}
int fsync(int fd) {
  count_call();
  return NEXT(fsync)(fd);
}
int fdatasync(int fd) {
  count_call();
  return NEXT(fdatasync)(fd);
}
int ftruncate(int fd, off_t size) {
  count_call();
  return NEXT(ftruncate)(fd, size);
}
int rename(const char* from, const char* to) {
  count_call();
  return NEXT(rename)(from, to);
}
int mkdir(const char* path, mode_t mode) {
  count_call();
  return NEXT(mkdir)(path, mode);
}
int unlink(const char* path) {
  count_call();
  return NEXT(unlink)(path);
}
int unlinkat(int fd, const char* path, int flags) {
  count_call();
  return NEXT(unlinkat)(fd, path, flags);
}

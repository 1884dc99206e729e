/*
 * Preloaded into a PostgreSQL server by disk-fault.ts: makes its disk fail or wait, or kills the process at it, as the
 * file named by DISK_FAULT says at the time: "<wal|data> <write|sync> <effect> <number>", or nothing at all.
 *
 *   fail E        fails with that errno, and nothing is done
 *   delay MS      is done after so many milliseconds
 *   kill-before   kills the process with SIGKILL, once, with nothing done
 *   kill-after    the same, with everything done
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define CONTROL_LENGTH 64

static char *control;

__attribute__((constructor)) static void map_control(void) {
  const char *path = getenv("DISK_FAULT");
  int fd = path == NULL ? -1 : open(path, O_RDWR);
  if (fd < 0) return;
  control = mmap(NULL, CONTROL_LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (control == MAP_FAILED) control = NULL;
  close(fd);
}

static int is_in(int fd, const char *folder) {
  char link[32], path[512];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strstr(path, folder) != NULL;
}

/* Whether an effect is wanted of this call; number is then set. */
static int wants(int fd, const char *what, const char *effect, int *number) {
  char line[CONTROL_LENGTH], where[8], wanted_what[8], wanted_effect[16];
  if (control == NULL || control[0] == 0) return 0;
  memcpy(line, control, sizeof line);
  line[sizeof line - 1] = 0;
  if (sscanf(line, "%7s %7s %15s %d", where, wanted_what, wanted_effect, number) != 4) return 0;
  if (strcmp(what, wanted_what) != 0 || strcmp(effect, wanted_effect) != 0) return 0;
  return is_in(fd, strcmp(where, "wal") == 0 ? "/pg_wal/" : "/base/");
}

static void die(void) {
  control[0] = 0;
  kill(getpid(), SIGKILL);
}

/* Returns the errno to fail with; 0 when the call shall be made. */
static int before(int fd, const char *what) {
  int number;
  if (wants(fd, what, "fail", &number)) return number;
  if (wants(fd, what, "kill-before", &number)) die();
  if (wants(fd, what, "delay", &number)) {
    struct timespec left = {number / 1000, number % 1000 * 1000000L};
    while (nanosleep(&left, &left) != 0) continue;
  }
  return 0;
}

static void after(int fd, const char *what) {
  int number;
  if (wants(fd, what, "kill-after", &number)) die();
}

/* Stands in for a function of the C library that returns -1 when it fails. */
#define STAND_IN(type, name, what, parameters, arguments) \
  type name parameters { \
    type (*real) parameters = dlsym(RTLD_NEXT, #name); \
    int fault = before(fd, what); \
    if (fault != 0) { \
      errno = fault; \
      return -1; \
    } \
    type done = real arguments; \
    after(fd, what); \
    return done; \
  }

STAND_IN(int, fsync, "sync", (int fd), (fd))
STAND_IN(int, fdatasync, "sync", (int fd), (fd))
STAND_IN(ssize_t, pwrite, "write", (int fd, const void *bytes, size_t count, off_t at), (fd, bytes, count, at))
STAND_IN(ssize_t, pwritev, "write", (int fd, const struct iovec *parts, int count, off_t at), (fd, parts, count, at))

/* This one returns the errno itself. */
int posix_fallocate(int fd, off_t at, off_t length) {
  int (*real)(int, off_t, off_t) = dlsym(RTLD_NEXT, "posix_fallocate");
  int fault = before(fd, "write");
  return fault == 0 ? real(fd, at, length) : fault;
}

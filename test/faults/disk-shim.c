/*
 * Stands between SQLite and the C library: writes down what goes to one database file, its log and its journal, in the order
 * in which it goes, and makes the disk full or failing on request. Preloaded by `disk-shim.ts`; Linux only.
 *
 * DISK_SHIM_FILE     path of the database file
 * DISK_SHIM_LOG      where to write down what happens
 * DISK_SHIM_CONTROL  a file of two bytes: what to do now (0 nothing, 1 full, 2 syncs fail, 3 writes fail), and how many
 *                    times (0: until told otherwise)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { full = 1, failing_syncs = 2, failing_writes = 3 };

static const char *watched;
static size_t watched_length;
static int log_file = -1;
static volatile unsigned char *control;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
  watched = getenv("DISK_SHIM_FILE");
  const char *log = getenv("DISK_SHIM_LOG");
  const char *switches = getenv("DISK_SHIM_CONTROL");
  if (watched == NULL || log == NULL || switches == NULL) return;
  watched_length = strlen(watched);
  log_file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  int fd = syscall(SYS_openat, AT_FDCWD, switches, O_RDWR | O_CLOEXEC, 0);
  if (fd >= 0) control = mmap(NULL, 2, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (control == MAP_FAILED) control = NULL;
}

/* What follows the database's own name: "" the file, "-wal", "-journal"; NULL: somebody else's file. */
static const char *part_of(int fd, char *path, size_t size) {
  if (log_file < 0 || fd == log_file) return NULL;
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(name, path, size - 1);
  if (length < (ssize_t)watched_length) return NULL;
  path[length] = 0;
  if (strncmp(path, watched, watched_length) != 0) return NULL;
  const char *part = path + watched_length;
  return *part == 0 || strcmp(part, "-wal") == 0 || strcmp(part, "-journal") == 0 ? part : NULL;
}

static int told(unsigned char what) {
  if (control == NULL || control[0] != what) return 0;
  if (control[1] > 0 && --control[1] == 0) control[0] = 0;
  return 1;
}

/* One entry: kind, length of the part, offset, length of the data; the part; the data. */
static void note(char kind, const char *part, uint64_t offset, const void *data, uint32_t length) {
  unsigned char head[14];
  head[0] = (unsigned char)kind;
  head[1] = (unsigned char)strlen(part);
  memcpy(head + 2, &offset, 8);
  memcpy(head + 10, &length, 4);
  size_t size = sizeof head + head[1] + (data == NULL ? 0 : length);
  char *entry = malloc(size);
  memcpy(entry, head, sizeof head);
  memcpy(entry + sizeof head, part, head[1]);
  if (data != NULL) memcpy(entry + sizeof head + head[1], data, length);
  pthread_mutex_lock(&turn);
  for (size_t at = 0; at < size;) {
    long written = syscall(SYS_write, log_file, entry + at, size - at);
    if (written <= 0) break;
    at += (size_t)written;
  }
  pthread_mutex_unlock(&turn);
  free(entry);
}

static int refused(const char *part) {
  if (part == NULL) return 0;
  if (told(full)) return errno = ENOSPC, 1;
  if (told(failing_writes)) return errno = EIO, 1;
  return 0;
}

ssize_t write(int fd, const void *data, size_t length) {
  char path[4096];
  const char *part = part_of(fd, path, sizeof path);
  if (refused(part)) return -1;
  off_t offset = part == NULL ? 0 : lseek(fd, 0, SEEK_CUR);
  ssize_t written = syscall(SYS_write, fd, data, length);
  if (part != NULL && written > 0) note('W', part, (uint64_t)offset, data, (uint32_t)written);
  return written;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
  char path[4096];
  const char *part = part_of(fd, path, sizeof path);
  if (refused(part)) return -1;
  ssize_t written = syscall(SYS_pwrite64, fd, data, length, offset);
  if (part != NULL && written > 0) note('W', part, (uint64_t)offset, data, (uint32_t)written);
  return written;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
  return pwrite64(fd, data, length, offset);
}

static int synced(int fd, long call) {
  char path[4096];
  const char *part = part_of(fd, path, sizeof path);
  if (part != NULL && told(failing_syncs)) {
    note('F', part, 0, NULL, 0);
    errno = EIO;
    return -1;
  }
  int result = (int)syscall(call, fd);
  if (part != NULL && result == 0) note('S', part, 0, NULL, 0);
  return result;
}

int fsync(int fd) { return synced(fd, SYS_fsync); }

int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

int ftruncate64(int fd, off64_t length) {
  char path[4096];
  const char *part = part_of(fd, path, sizeof path);
  if (refused(part)) return -1;
  int result = (int)syscall(SYS_ftruncate, fd, length);
  if (part != NULL && result == 0) note('T', part, (uint64_t)length, NULL, 0);
  return result;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

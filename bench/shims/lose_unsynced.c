/* Remembers how files were at their last sync, so that a loss of power can be acted out.
 *
 * Preloaded (LD_PRELOAD) into a program that keeps data. Before each write to a watched file, what
 * the write replaces is appended to a record of that file; a sync of the file empties the record.
 * Once the program was killed, going back through the records leaves what a disk is sure to hold:
 * see bench/src/soak/power_loss.rs, which knows the records' form.
 * A sync takes 20 ms longer, so that a kill often comes before the end of one.
 *
 * LOSE_UNSYNCED_RECORDS  the folder of the records, one for each inode
 * LOSE_UNSYNCED_FILES    part of the paths of the files to watch
 * LOSE_UNSYNCED_WAL      with any value, syncs of SQLite's write-ahead log wait until a checkpoint,
 *                        which is what `synchronous=NORMAL` does
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* What stands before the replaced bytes: where they were, how many, and the file's size. */
struct entry {
    int64_t offset, length, size;
};

static int ends_with(const char *path, const char *end) {
    size_t all = strlen(path), last = strlen(end);
    return all >= last && strcmp(path + all - last, end) == 0;
}

/* Finds the path of a file that is watched. SQLite's shared memory is not kept over a crash. */
static int is_watched(int file, struct stat *about, char path[4096]) {
    const char *part = getenv("LOSE_UNSYNCED_FILES");
    if (!part || fstat(file, about) || !S_ISREG(about->st_mode)) return 0;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, 4095);
    if (length <= 0) return 0;
    path[length] = 0;
    return strstr(path, part) && !ends_with(path, "-shm");
}

/* Opens a file's record, locked against every thread and process. */
static int open_record(ino_t inode) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%lu", getenv("LOSE_UNSYNCED_RECORDS"), (unsigned long)inode);
    int record = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (record < 0) abort();
    while (flock(record, LOCK_EX))
        if (errno != EINTR) abort();
    return record;
}

static void forget(int record) {
    if (syscall(SYS_ftruncate, record, 0)) abort();
}

static int waits_for_checkpoint(void) { return getenv("LOSE_UNSYNCED_WAL") != NULL; }

/* A checkpoint begins with a sync of the write-ahead log. */
static void sync_log_of(const char *database) {
    char path[4096 + 8];
    struct stat about;
    snprintf(path, sizeof path, "%s-wal", database);
    if (stat(path, &about)) return;
    int record = open_record(about.st_ino);
    forget(record);
    close(record);
}

/* Notes what a change of these bytes replaces, and returns the locked record; -1 if the file is not
 * watched. Negative offsets mean the place at which the file is. */
static int note(int file, off_t offset, size_t length, int cuts) {
    struct stat about;
    char path[4096];
    if (!is_watched(file, &about, path)) return -1;
    if (waits_for_checkpoint() && !ends_with(path, "-wal")) sync_log_of(path);
    int record = open_record(about.st_ino);
    /* An empty file may have the inode of one that was removed. */
    if (about.st_size == 0) forget(record);
    fstat(file, &about);
    if (offset < 0) offset = syscall(SYS_lseek, file, 0, SEEK_CUR);
    off_t end = cuts ? about.st_size : offset + (off_t)length;
    if (end > about.st_size) end = about.st_size;
    struct entry entry = {offset, end > offset ? end - offset : 0, about.st_size};
    char *replaced = malloc(entry.length + 1);
    if (!replaced) abort();
    if (syscall(SYS_pread64, file, replaced, entry.length, entry.offset) != entry.length) abort();
    struct iovec parts[2] = {{&entry, sizeof entry}, {replaced, entry.length}};
    if (syscall(SYS_writev, record, parts, 2) != (long)sizeof entry + entry.length) abort();
    free(replaced);
    return record;
}

static long finish(int record, long result) {
    int error = errno;
    if (record >= 0) close(record);
    errno = error;
    return result;
}

static size_t count(const struct iovec *parts, int number) {
    size_t all = 0;
    for (int i = 0; i < number; i++) all += parts[i].iov_len;
    return all;
}

ssize_t write(int file, const void *bytes, size_t length) {
    int record = note(file, -1, length, 0);
    return finish(record, syscall(SYS_write, file, bytes, length));
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t offset) {
    int record = note(file, offset, length, 0);
    return finish(record, syscall(SYS_pwrite64, file, bytes, length, offset));
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t offset) {
    return pwrite64(file, bytes, length, offset);
}

ssize_t writev(int file, const struct iovec *parts, int number) {
    int record = note(file, -1, count(parts, number), 0);
    return finish(record, syscall(SYS_writev, file, parts, number));
}

ssize_t pwritev64(int file, const struct iovec *parts, int number, off64_t offset) {
    int record = note(file, offset, count(parts, number), 0);
    return finish(record, syscall(SYS_pwritev, file, parts, number, offset, 0));
}

ssize_t pwritev(int file, const struct iovec *parts, int number, off_t offset) {
    return pwritev64(file, parts, number, offset);
}

int ftruncate64(int file, off64_t size) {
    int record = note(file, size, 0, 1);
    return finish(record, syscall(SYS_ftruncate, file, size));
}

int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

static int sync_with(long call, int file) {
    struct stat about;
    char path[4096];
    if (!is_watched(file, &about, path)) return syscall(call, file);
    if (waits_for_checkpoint() && ends_with(path, "-wal")) return 0;
    int record = open_record(about.st_ino);
    struct timespec time = {0, 20 * 1000 * 1000};
    nanosleep(&time, NULL);
    int result = syscall(call, file);
    if (result == 0) forget(record);
    return finish(record, result);
}

int fsync(int file) { return sync_with(SYS_fsync, file); }

int fdatasync(int file) { return sync_with(SYS_fdatasync, file); }

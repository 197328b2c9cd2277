// The system calls that Swift cannot make portably: relative to a folder's descriptor, never following a link, errors as values.

#define _GNU_SOURCE

#include "CCodSystem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#if defined(__APPLE__)
#include <sys/mount.h>
#include <sys/param.h>
#else
#include <sys/statvfs.h>
#endif
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

const int COD_CURRENT_FOLDER = AT_FDCWD;

#define RETRIED(call)                                  \
    do {                                               \
        int result_;                                   \
        do result_ = (call);                           \
        while (result_ < 0 && errno == EINTR);         \
        return result_ < 0 ? -errno : result_;         \
    } while (0)

int cod_open_directory(int directory, const char *name) {
    RETRIED(openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

int cod_open_directory_following(int directory, const char *name) {
    RETRIED(openat(directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

int cod_make_directory(int directory, const char *name) { RETRIED(mkdirat(directory, name, 0777)); }

int cod_create_unnamed(int directory) {
#ifdef O_TMPFILE
    int file;
    do file = openat(directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
    while (file < 0 && errno == EINTR);
    // Kernels and file systems without it answer one of these: they see a plain open of a folder for writing.
    if (file < 0) return errno == EISDIR || errno == EOPNOTSUPP || errno == EINVAL || errno == ENOENT ? -ENOTSUP : -errno;
    return file;
#else
    (void)directory;
    return -ENOTSUP;
#endif
}

int cod_link_unnamed(int file, int directory, const char *name) {
#ifdef O_TMPFILE
    // Since Linux 6.10 a process may name what it opened itself. Elsewhere the way leads through /proc, and tells what is wrong.
    int result;
    do result = linkat(file, "", directory, name, AT_EMPTY_PATH);
    while (result < 0 && errno == EINTR);
    if (result == 0) return 0;
    if (errno == EEXIST) return -EEXIST;
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    RETRIED(linkat(AT_FDCWD, path, directory, name, AT_SYMLINK_FOLLOW));
#else
    (void)file, (void)directory, (void)name;
    return -ENOTSUP;
#endif
}

int cod_create_exclusive(int directory, const char *name) {
    RETRIED(openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
}

int cod_open_appending(int directory, const char *name) {
    RETRIED(openat(directory, name, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666));
}

int cod_open_writing(int directory, const char *name) {
    // O_NONBLOCK as below.
    RETRIED(openat(directory, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666));
}

int cod_open_reading(int directory, const char *name) {
    // O_NONBLOCK: a pipe that stands where a file should be must not hold the open up for ever.
    RETRIED(openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
}

int cod_open_reading_following(int directory, const char *name) {
    RETRIED(openat(directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
}

int cod_rename(int directory, const char *name, int new_directory, const char *new_name) {
    RETRIED(renameat(directory, name, new_directory, new_name));
}

int cod_remove_file(int directory, const char *name) { RETRIED(unlinkat(directory, name, 0)); }

int cod_remove_directory(int directory, const char *name) { RETRIED(unlinkat(directory, name, AT_REMOVEDIR)); }

static void set_status(const struct stat *raw, struct cod_file_status *status) {
#if defined(__APPLE__)
    const struct timespec time = raw->st_mtimespec;
#else
    const struct timespec time = raw->st_mtim;
#endif
    status->size = (int64_t)raw->st_size;
    status->device = (uint64_t)raw->st_dev;
    status->number = (uint64_t)raw->st_ino;
    // A file system may say any second: what does not fit wraps around, and still tells two times apart.
    status->modified = (int64_t)((uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec);
    status->kind = S_ISREG(raw->st_mode)   ? COD_KIND_FILE
                   : S_ISDIR(raw->st_mode) ? COD_KIND_DIRECTORY
                   : S_ISLNK(raw->st_mode) ? COD_KIND_LINK
                                           : COD_KIND_OTHER;
}

static int status_with(int directory, const char *name, int flags, struct cod_file_status *status) {
    struct stat raw;
    int result;
    do result = fstatat(directory, name, &raw, flags);
    while (result < 0 && errno == EINTR);
    if (result < 0) return -errno;
    set_status(&raw, status);
    return 0;
}

int cod_status_of_open(int file, struct cod_file_status *status) {
    struct stat raw;
    int result;
    do result = fstat(file, &raw);
    while (result < 0 && errno == EINTR);
    if (result < 0) return -errno;
    set_status(&raw, status);
    return 0;
}

int cod_status(int directory, const char *name, struct cod_file_status *status) {
    return status_with(directory, name, AT_SYMLINK_NOFOLLOW, status);
}

int cod_status_following(int directory, const char *name, struct cod_file_status *status) {
    return status_with(directory, name, 0, status);
}

int cod_sync_file_system(int file) {
#if defined(__linux__)
    RETRIED(syncfs(file));
#else
    // What fsync wrote may still be in the drive's own cache; this empties that too, where the drive can be asked.
#if defined(F_FULLFSYNC)
    int result;
    do result = fcntl(file, F_FULLFSYNC);
    while (result < 0 && errno == EINTR);
    if (result == 0) return 0;
#endif
    RETRIED(fsync(file));
#endif
}

int cod_sync(int file) { RETRIED(fsync(file)); }

int64_t cod_write_both(
    int file, const void *first, size_t first_count, const void *second, size_t second_count, int64_t offset) {
    struct iovec parts[2] = {{(void *)first, first_count}, {(void *)second, second_count}};
    return pwritev(file, parts, 2, offset);
}

int64_t cod_copy_range(int from, int64_t from_offset, int to, int64_t to_offset, int64_t count) {
#if defined(__linux__)
    off_t in = from_offset, out = to_offset;
    ssize_t copied;
    do copied = copy_file_range(from, &in, to, &out, (size_t)count, 0);
    while (copied < 0 && errno == EINTR);
    if (copied >= 0) return copied;
    switch (errno) {
    // What kernels and file systems answer that cannot, or not between these two.
    case ENOSYS:
    case EOPNOTSUPP:
    case EXDEV:
    case EINVAL:
    case EPERM:
        return -ENOTSUP;
    default:
        return -errno;
    }
#else
    (void)from, (void)from_offset, (void)to, (void)to_offset, (void)count;
    return -ENOTSUP;
#endif
}

int cod_lock(int file, int wait) { RETRIED(flock(file, wait ? LOCK_EX : LOCK_EX | LOCK_NB)); }

void cod_unlock(int file) { (void)flock(file, LOCK_UN); }

int64_t cod_process(void) { return getpid(); }

int cod_host_name(char *name, size_t size) {
    if (size == 0) return -EINVAL;
    if (gethostname(name, size) < 0) return -errno;
    // A name that was cut off may be without its end.
    name[size - 1] = 0;
    return 0;
}

static int64_t bounded(uint64_t value) { return value > INT64_MAX ? INT64_MAX : (int64_t)value; }

int cod_file_system(int file, struct cod_file_system *system) {
    int result;
#if defined(__APPLE__)
    // Its statvfs counts in 32 bits.
    struct statfs raw;
    do result = fstatfs(file, &raw);
    while (result < 0 && errno == EINTR);
    if (result < 0) return -errno;
    uint64_t block = raw.f_bsize;
    system->is_read_only = (raw.f_flags & MNT_RDONLY) != 0;
    uint64_t free_files = raw.f_ffree;
#else
    struct statvfs raw;
    do result = fstatvfs(file, &raw);
    while (result < 0 && errno == EINTR);
    if (result < 0) return -errno;
    uint64_t block = raw.f_frsize != 0 ? raw.f_frsize : raw.f_bsize;
    system->is_read_only = (raw.f_flag & ST_RDONLY) != 0;
    uint64_t free_files = raw.f_favail;
#endif
    uint64_t free_bytes;
    if (__builtin_mul_overflow((uint64_t)raw.f_bavail, block, &free_bytes)) free_bytes = INT64_MAX;
    system->block_size = bounded(block);
    system->free_bytes = raw.f_blocks == 0 ? -1 : bounded(free_bytes);
    system->free_files = raw.f_files == 0 ? -1 : bounded(free_files);
    return 0;
}

int cod_may_add_to(int directory) { RETRIED(faccessat(directory, ".", W_OK | X_OK, AT_EACCESS)); }

int64_t cod_file_size_limit(void) {
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ? -1 : bounded(limit.rlim_cur);
}

int64_t cod_raise_open_file_limit(int64_t wanted) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= (rlim_t)wanted) return bounded(limit.rlim_cur);
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max == RLIM_INFINITY || limit.rlim_max > (rlim_t)wanted ? (rlim_t)wanted : limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0) return bounded(limit.rlim_cur);
#if defined(__APPLE__)
    // It takes no more than this, whatever it says to be the hard limit.
    if (before < OPEN_MAX && limit.rlim_cur > OPEN_MAX) {
        limit.rlim_cur = OPEN_MAX;
        if (setrlimit(RLIMIT_NOFILE, &limit) == 0) return bounded(limit.rlim_cur);
    }
#endif
    return bounded(before);
}

struct cod_listing {
    DIR *stream;
};

struct cod_listing *cod_listing_open(int directory, int *error) {
    *error = 0;
    // A stream owns its descriptor and its position: it gets one of its own.
    int own = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = own < 0 ? NULL : fdopendir(own);
    struct cod_listing *listing = stream == NULL ? NULL : malloc(sizeof *listing);
    if (listing == NULL) {
        *error = errno;
        if (stream != NULL) closedir(stream);
        else if (own >= 0) close(own);
        return NULL;
    }
    listing->stream = stream;
    return listing;
}

const char *cod_listing_next(struct cod_listing *listing, int *error) {
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(listing->stream);
        *error = errno;
        if (entry == NULL) return NULL;
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) return entry->d_name;
    }
}

void cod_listing_close(struct cod_listing *listing) {
    closedir(listing->stream);
    free(listing);
}

int cod_terminal_columns(int file) {
    struct winsize size;
    return isatty(file) && ioctl(file, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int cod_is_terminal(int file) { return isatty(file); }

int cod_is_foreground(int file) {
    pid_t group = tcgetpgrp(file);
    return group < 0 || group == getpgrp();
}

int cod_ignores_signal(int number) {
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void cod_stop_process(void) { raise(SIGSTOP); }

void cod_open_standard_streams(void) {
    for (int file = 0; file <= 2; file++) {
        if (fcntl(file, F_GETFD) != -1 || errno != EBADF) continue;
        int null = open("/dev/null", file == 0 ? O_RDONLY : O_WRONLY);
        if (null >= 0 && null != file) {
            dup2(null, file);
            close(null);
        }
    }
}

#ifndef COD_SYSTEM_H
#define COD_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

/* crc32c (Castagnoli, RFC 3720 appendix B.4) */

/// Continues a crc32c over `count` more bytes. Start with 0; the result of one call is the start of the next.
/// Uses the processor's crc32 instructions where it has them, a table elsewhere; safe from any thread.
uint32_t cod_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The same by table alone, whatever the processor offers: the reference that tests hold the fast one against.
uint32_t cod_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

/// The crc32c of two runs of bytes, one behind the other, from theirs and the second's length.
uint32_t cod_crc32c_combine(uint32_t first, uint32_t second, uint64_t second_count);

/// The name of what `cod_crc32c` uses here: "sse4.2", "armv8-crc" or "table".
const char *cod_crc32c_kind(void);

/* crc32 (zip, gzip: ISO 3309) */

/// Continues a crc32 over `count` more bytes, as `cod_crc32c` does a crc32c.
uint32_t cod_crc32(uint32_t crc, const void *bytes, size_t count);

/// The same by table alone: the reference that tests hold the fast one against.
uint32_t cod_crc32_portable(uint32_t crc, const void *bytes, size_t count);

/* Files. Every call answers a value >= 0, or the negated errno; EINTR is retried. No call follows a symbolic link
   in the last part of a name, unless it is called ..._following. */

/// The kinds that `cod_status` tells apart.
enum cod_kind { COD_KIND_FILE = 0, COD_KIND_DIRECTORY = 1, COD_KIND_LINK = 2, COD_KIND_OTHER = 3 };

struct cod_file_status {
    int64_t size;
    /// When its content was last changed, in nanoseconds since 1970.
    int64_t modified;
    /// Which file it is: no other one that is there at the same time has the same two numbers.
    uint64_t device;
    uint64_t number;
    int32_t kind;
};

/// A folder's descriptor, for use as `directory` below. `directory` may be COD_CURRENT_FOLDER.
int cod_open_directory(int directory, const char *name);
/// The same, for a name that a user gave: a link there is followed.
int cod_open_directory_following(int directory, const char *name);
int cod_make_directory(int directory, const char *name);
/// A nameless file in a folder (Linux's O_TMPFILE), for writing and reading; -ENOTSUP where there is no such thing.
int cod_create_unnamed(int directory);
/// Gives a nameless file its name; -EEXIST when there is one already.
int cod_link_unnamed(int file, int directory, const char *name);
/// A new file; -EEXIST when there is one already.
int cod_create_exclusive(int directory, const char *name);
/// A file for appending, made when it is not there.
int cod_open_appending(int directory, const char *name);
/// A file for writing and reading at any place, made when it is not there.
int cod_open_writing(int directory, const char *name);
/// A regular file for reading.
int cod_open_reading(int directory, const char *name);
/// The same, for a name in a folder of the user's own: a link there is followed.
int cod_open_reading_following(int directory, const char *name);
int cod_rename(int directory, const char *name, int new_directory, const char *new_name);
int cod_remove_file(int directory, const char *name);
int cod_remove_directory(int directory, const char *name);
int cod_status(int directory, const char *name, struct cod_file_status *status);
/// The same for what a link leads to; -ENOENT when it leads nowhere.
int cod_status_following(int directory, const char *name, struct cod_file_status *status);
/// The same for an open file.
int cod_status_of_open(int file, struct cod_file_status *status);
/// Waits until all that was written to the file system of `file` is on the disk: syncfs on Linux. Elsewhere it is `file` itself and
/// the drive's cache (F_FULLFSYNC, where that can be had).
int cod_sync_file_system(int file);
int cod_sync(int file);
/// Writes two stretches of memory, one behind the other, at an offset; answers how many bytes it wrote, or -1.
int64_t cod_write_both(
    int file, const void *first, size_t first_count, const void *second, size_t second_count, int64_t offset);
/// Copies bytes from one file into another without bringing them here; answers how many, 0 at the end of `from`. -ENOTSUP where the
/// system or the file systems cannot do that.
int64_t cod_copy_range(int from, int64_t from_offset, int to, int64_t to_offset, int64_t count);
/// Takes the advisory lock of an open file; with `wait` 0 answers -EWOULDBLOCK when somebody else holds it.
int cod_lock(int file, int wait);
/// Gives the advisory lock of an open file back, also where other descriptors were duplicated from this one, as a fork does.
void cod_unlock(int file);

/// The number of this process.
int64_t cod_process(void);
/// Writes this machine's name, ended by a NUL, into a buffer of that size.
int cod_host_name(char *name, size_t size);

/// Asks the resolver for a host's addresses, and writes them into a buffer, a line each, ended by a NUL; answers how many. -1 when there
/// are none: then the buffer has the reason. May take as long as the resolver does.
int cod_resolve(const char *host, char *text, size_t size);

/// What a file system says of itself.
struct cod_file_system {
    /// What this user may still write, in bytes; -1 where it does not tell.
    int64_t free_bytes;
    /// The unit in which it gives room to files, in bytes.
    int64_t block_size;
    /// How many more files it takes; -1 where it does not tell.
    int64_t free_files;
    int32_t is_read_only;
};

/// Asks the file system that an open file or folder is on.
int cod_file_system(int file, struct cod_file_system *system);
/// The kind of the file system that an open file or folder is on, such as "ext4", ended by a NUL; its number where that is not known.
int cod_file_system_kind(int file, char *name, size_t size);
/// 0 when this process may make files in an open folder, as far as can be told without making one.
int cod_may_add_to(int directory);

extern const int COD_CURRENT_FOLDER;

/// The names in a folder, in the file system's order, without "." and "..".
struct cod_listing;
/// Opens a listing of `directory`; NULL on failure, with the errno in `*error`.
struct cod_listing *cod_listing_open(int directory, int *error);
/// The next name, valid until the next call; NULL at the end (`*error` is 0) or on failure.
const char *cod_listing_next(struct cod_listing *listing, int *error);
void cod_listing_close(struct cod_listing *listing);

/* Limits of this process */

/// Sees to it that blocks of 4 MiB and more go back to the system when they are freed, whatever was freed before; does nothing where the
/// system's allocator has no such setting.
void cod_return_large_blocks(void);

/// How large a file it may write (RLIMIT_FSIZE), in bytes; -1 when there is no limit.
int64_t cod_file_size_limit(void);
/// Raises the limit of open files (RLIMIT_NOFILE) to `wanted`, or as far as the hard limit lets it; a limit that is higher stays.
/// Answers the limit that holds then; -1 when it cannot be known.
int64_t cod_raise_open_file_limit(int64_t wanted);

/// The width of the terminal behind a descriptor; 0 when it is none.
int cod_terminal_columns(int file);
/// Opens the null device on those of the descriptors 0, 1 and 2 that are closed.
void cod_open_standard_streams(void);

/// Whether a descriptor is a terminal.
int cod_is_terminal(int file);
/// 0 when it is a terminal that another process group is in front of (this one runs in the background); else 1.
int cod_is_foreground(int file);
/// Whether the process ignores a signal: whoever started it wants that.
int cod_ignores_signal(int number);
/// Stops this process until somebody continues it (SIGSTOP); returns after that.
void cod_stop_process(void);

#endif

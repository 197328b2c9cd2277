// Counts the allocations of a thread, for tests that hold how many something costs.

#ifndef C_ALLOCATION_COUNTING_H
#define C_ALLOCATION_COUNTING_H

#include <stdint.h>

/// How many pieces of memory the calling thread has asked for; -1 where that cannot be counted: elsewhere than on Linux with glibc, and
/// under a sanitizer, which has an allocator of its own.
int64_t cod_allocation_count(void);

#endif

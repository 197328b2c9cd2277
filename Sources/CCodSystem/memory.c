#include "CCodSystem.h"

#include <stdlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

void cod_return_large_blocks(void) {
#if defined(__GLIBC__)
    // By default the first block of up to 32 MiB that is freed makes all later ones of its size part of the heap, where whatever lies
    // behind them keeps them. Blocks for what comes from the network are smaller: those are to be used again.
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
    mallopt(M_TRIM_THRESHOLD, 8 << 20);
#endif
}

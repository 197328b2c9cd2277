#ifndef COD_CRC_TABLE_H
#define COD_CRC_TABLE_H

// What crc32 and crc32c share: a reflected crc by tables, eight bytes a step, and the question whether the processor has better.

#include <pthread.h>
#include <stdint.h>
#include <stddef.h>

#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

typedef uint32_t cod_crc_table[8][256];

/// The table of a polynomial, reflected.
static inline void cod_fill_crc_table(cod_crc_table table, uint32_t polynomial) {
    for (uint32_t value = 0; value < 256; value++) {
        uint32_t crc = value;
        for (int bit = 0; bit < 8; bit++) crc = (crc & 1) ? (crc >> 1) ^ polynomial : crc >> 1;
        table[0][value] = crc;
    }
    for (int row = 1; row < 8; row++)
        for (uint32_t value = 0; value < 256; value++) {
            uint32_t before = table[row - 1][value];
            table[row][value] = (before >> 8) ^ table[0][before & 0xFF];
        }
}

/// Eight bytes a step by eight tables; the bytes are put together one by one, so the order of the machine's does not matter.
static inline uint32_t cod_continue_crc(cod_crc_table table, uint32_t crc, const uint8_t *p, size_t n) {
    for (; n >= 8; p += 8, n -= 8) {
        crc ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        crc = table[7][crc & 0xFF] ^ table[6][(crc >> 8) & 0xFF] ^ table[5][(crc >> 16) & 0xFF] ^ table[4][crc >> 24] ^
              table[3][p[4]] ^ table[2][p[5]] ^ table[1][p[6]] ^ table[0][p[7]];
    }
    for (; n > 0; p++, n--) crc = (crc >> 8) ^ table[0][(crc ^ *p) & 0xFF];
    return crc;
}

#if defined(__aarch64__)
/// Whether there are instructions for both polynomials.
static inline int cod_has_crc_instructions(void) {
#if defined(__linux__)
    return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0;
#elif defined(__APPLE__)
    return 1;
#else
    return 0;
#endif
}
#endif

#endif

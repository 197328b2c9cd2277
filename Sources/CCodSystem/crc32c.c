// crc32c, reflected, polynomial 0x1EDC6F41 (0x82F63B78 reflected), initial and final value all ones.
//
// The fast path runs three independent crc instructions side by side, because one takes three cycles and can start every
// cycle, and then joins the three partial sums: a crc moved over n zero bytes is its product with x^(8n) modulo the
// polynomial, which four table look-ups give for a fixed n.

#include "CCodSystem.h"

#include "crc_table.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#define COD_HARDWARE __attribute__((target("sse4.2")))
#elif defined(__aarch64__)
#include <arm_acle.h>
#define COD_HARDWARE __attribute__((target("+crc")))
#endif

#define POLYNOMIAL 0x82F63B78u
#define LONG_BLOCK 8192u
#define SHORT_BLOCK 256u

static cod_crc_table byte_table;
static uint32_t long_shift[4][256];
static uint32_t short_shift[4][256];
static int has_hardware;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/// The product of two reflected polynomials modulo the crc's: the highest bit is x^0.
static uint32_t multiply(uint32_t a, uint32_t b) {
    uint32_t product = 0;
    for (uint32_t bit = 1u << 31; bit != 0; bit >>= 1) {
        if (a & bit) product ^= b;
        b = (b & 1) ? (b >> 1) ^ POLYNOMIAL : b >> 1;
    }
    return product;
}

/// x^(8 * byte_count).
static uint32_t power_of_bytes(uint64_t byte_count) {
    uint32_t result = 1u << 31, base = 1u << 23;
    for (; byte_count != 0; byte_count >>= 1) {
        if (byte_count & 1) result = multiply(result, base);
        base = multiply(base, base);
    }
    return result;
}

static void make_shift_table(uint32_t table[4][256], uint64_t byte_count) {
    uint32_t power = power_of_bytes(byte_count);
    for (int position = 0; position < 4; position++)
        for (uint32_t value = 0; value < 256; value++)
            table[position][value] = multiply(power, value << (8 * position));
}

static int detect_hardware(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("sse4.2");
#elif defined(__aarch64__)
    return cod_has_crc_instructions();
#else
    return 0;
#endif
}

static void prepare(void) {
    cod_fill_crc_table(byte_table, POLYNOMIAL);
    make_shift_table(long_shift, LONG_BLOCK);
    make_shift_table(short_shift, SHORT_BLOCK);
    has_hardware = detect_hardware();
}

static uint32_t continue_by_table(uint32_t crc, const uint8_t *p, size_t n) {
    return cod_continue_crc(byte_table, crc, p, n);
}

#ifdef COD_HARDWARE

#if defined(__x86_64__)
#define CRC_OF_8(crc, word) _mm_crc32_u64((crc), (word))
#define CRC_OF_1(crc, byte) _mm_crc32_u8((uint32_t)(crc), (byte))
#else
#define CRC_OF_8(crc, word) __crc32cd((uint32_t)(crc), (word))
#define CRC_OF_1(crc, byte) __crc32cb((uint32_t)(crc), (byte))
#endif

static inline uint64_t load8(const uint8_t *p) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

static inline uint32_t shift(uint32_t table[4][256], uint32_t crc) {
    return table[0][crc & 0xFF] ^ table[1][(crc >> 8) & 0xFF] ^ table[2][(crc >> 16) & 0xFF] ^ table[3][crc >> 24];
}

COD_HARDWARE
static uint32_t continue_by_instruction(uint32_t crc, const uint8_t *p, size_t n) {
    uint64_t first = crc;
    while (n >= 3 * SHORT_BLOCK) {
        size_t block = n >= 3 * LONG_BLOCK ? LONG_BLOCK : SHORT_BLOCK;
        uint32_t(*table)[256] = block == LONG_BLOCK ? long_shift : short_shift;
        uint64_t second = 0, third = 0;
        for (size_t i = 0; i < block; i += 8) {
            first = CRC_OF_8(first, load8(p + i));
            second = CRC_OF_8(second, load8(p + block + i));
            third = CRC_OF_8(third, load8(p + 2 * block + i));
        }
        first = shift(table, (uint32_t)first) ^ second;
        first = shift(table, (uint32_t)first) ^ third;
        p += 3 * block;
        n -= 3 * block;
    }
    for (; n >= 8; p += 8, n -= 8) first = CRC_OF_8(first, load8(p));
    for (; n > 0; p++, n--) first = CRC_OF_1(first, *p);
    return (uint32_t)first;
}

#endif

uint32_t cod_crc32c(uint32_t crc, const void *bytes, size_t count) {
    pthread_once(&once, prepare);
#ifdef COD_HARDWARE
    if (has_hardware) return ~continue_by_instruction(~crc, bytes, count);
#endif
    return ~continue_by_table(~crc, bytes, count);
}

uint32_t cod_crc32c_portable(uint32_t crc, const void *bytes, size_t count) {
    pthread_once(&once, prepare);
    return ~continue_by_table(~crc, bytes, count);
}

uint32_t cod_crc32c_combine(uint32_t first, uint32_t second, uint64_t second_count) {
    return multiply(power_of_bytes(second_count), first) ^ second;
}

const char *cod_crc32c_kind(void) {
    pthread_once(&once, prepare);
#if defined(__x86_64__)
    if (has_hardware) return "sse4.2";
#elif defined(__aarch64__)
    if (has_hardware) return "armv8-crc";
#endif
    return "table";
}

// crc32 as zip, gzip and PNG have it: reflected, polynomial 0x04C11DB7 (0xEDB88320 reflected), initial and final value all ones.
//
// Where the processor multiplies polynomials, 64 bytes are folded at a time: a 128-bit piece of the message moved over n bits is
// its two halves' products with x^(n+64) and x^n modulo the polynomial (V. Gopal et al., "Fast CRC computation for generic
// polynomials using PCLMULQDQ", Intel 2009). ARM has instructions for this very polynomial.

#include "CCodSystem.h"

#include "crc_table.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define COD_CARRYLESS __attribute__((target("sse4.2,pclmul")))
#elif defined(__aarch64__)
#include <arm_acle.h>
#define COD_CRC_INSTRUCTIONS __attribute__((target("+crc")))
#endif

#define POLYNOMIAL 0xEDB88320u

static cod_crc_table byte_table;
static int has_hardware;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int detect_hardware(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.2");
#elif defined(__aarch64__)
    return cod_has_crc_instructions();
#else
    return 0;
#endif
}

static void prepare(void) {
    cod_fill_crc_table(byte_table, POLYNOMIAL);
    has_hardware = detect_hardware();
}

static uint32_t continue_by_table(uint32_t crc, const uint8_t *p, size_t n) {
    return cod_continue_crc(byte_table, crc, p, n);
}

#if defined(__x86_64__)

COD_CARRYLESS
static inline __m128i load16(const uint8_t *p) { return _mm_loadu_si128((const __m128i *)(const void *)p); }

/// A 128-bit piece moved on by the distance that the two factors stand for, joined with what stands there.
COD_CARRYLESS
static inline __m128i fold(__m128i piece, __m128i factors, __m128i next) {
    __m128i low = _mm_clmulepi64_si128(piece, factors, 0x00);
    __m128i high = _mm_clmulepi64_si128(piece, factors, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/// `n` is a multiple of 16, and at least 64.
COD_CARRYLESS
static uint32_t continue_by_folding(uint32_t crc, const uint8_t *p, size_t n) {
    const __m128i over_64_bytes = _mm_set_epi64x(0x01C6E41596, 0x0154442BD4);
    const __m128i over_16_bytes = _mm_set_epi64x(0x00CCAA009E, 0x01751997D0);
    const __m128i over_8_bytes = _mm_set_epi64x(0, 0x0163CD6124);
    // The polynomial with its 33rd bit, and the quotient of x^64 by it.
    const __m128i reduction = _mm_set_epi64x(0x01F7011641, 0x01DB710641);
    const __m128i low_words = _mm_set_epi32(0, -1, 0, -1);

    __m128i a = _mm_xor_si128(load16(p), _mm_cvtsi32_si128((int)crc));
    __m128i b = load16(p + 16), c = load16(p + 32), d = load16(p + 48);
    for (p += 64, n -= 64; n >= 64; p += 64, n -= 64) {
        a = fold(a, over_64_bytes, load16(p));
        b = fold(b, over_64_bytes, load16(p + 16));
        c = fold(c, over_64_bytes, load16(p + 32));
        d = fold(d, over_64_bytes, load16(p + 48));
    }
    a = fold(a, over_16_bytes, b);
    a = fold(a, over_16_bytes, c);
    a = fold(a, over_16_bytes, d);
    for (; n >= 16; p += 16, n -= 16) a = fold(a, over_16_bytes, load16(p));

    // 128 bits to 96, to 64, and by Barrett's reduction to 32.
    a = _mm_xor_si128(_mm_srli_si128(a, 8), _mm_clmulepi64_si128(a, over_16_bytes, 0x10));
    a = _mm_xor_si128(_mm_srli_si128(a, 4), _mm_clmulepi64_si128(_mm_and_si128(a, low_words), over_8_bytes, 0x00));
    __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(a, low_words), reduction, 0x10);
    quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, low_words), reduction, 0x00);
    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(a, quotient), 1);
}

static uint32_t continue_by_hardware(uint32_t crc, const uint8_t *p, size_t n) {
    size_t folded = n & ~(size_t)15;
    if (n < 64) return continue_by_table(crc, p, n);
    crc = continue_by_folding(crc, p, folded);
    return continue_by_table(crc, p + folded, n - folded);
}

#elif defined(__aarch64__)

COD_CRC_INSTRUCTIONS
static uint32_t continue_by_hardware(uint32_t crc, const uint8_t *p, size_t n) {
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t word;
        memcpy(&word, p, sizeof word);
        crc = __crc32d(crc, word);
    }
    for (; n > 0; p++, n--) crc = __crc32b(crc, *p);
    return crc;
}

#endif

uint32_t cod_crc32(uint32_t crc, const void *bytes, size_t count) {
    pthread_once(&once, prepare);
#if defined(__x86_64__) || defined(__aarch64__)
    if (has_hardware) return ~continue_by_hardware(~crc, bytes, count);
#endif
    return ~continue_by_table(~crc, bytes, count);
}

uint32_t cod_crc32_portable(uint32_t crc, const void *bytes, size_t count) {
    pthread_once(&once, prepare);
    return ~continue_by_table(~crc, bytes, count);
}

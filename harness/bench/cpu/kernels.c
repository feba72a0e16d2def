/* STREAM-like kernels, a pattern without a period, built at run time where a C compiler is there.
   Every kernel splits its range statically over threads; a range is always touched by the same thread. */
#include <stddef.h>
#include <stdint.h>

/* Below 2 MiB of words one thread is quicker than waking the others. */
#define ALONE 262144

double bench_read(const double *restrict a, size_t n) {
  double sum = 0;
#pragma omp parallel for simd reduction(+ : sum) schedule(static) if (n > ALONE)
  for (size_t i = 0; i < n; i++) sum += a[i];
  return sum;
}

void bench_write(double *restrict a, double value, size_t n) {
#pragma omp parallel for simd schedule(static) if (n > ALONE)
  for (size_t i = 0; i < n; i++) a[i] = value;
}

void bench_copy(double *restrict b, const double *restrict a, size_t n) {
#pragma omp parallel for simd schedule(static) if (n > ALONE)
  for (size_t i = 0; i < n; i++) b[i] = a[i];
}

void bench_triad(double *restrict a, const double *restrict b, const double *restrict c, double scale, size_t n) {
#pragma omp parallel for simd schedule(static) if (n > ALONE)
  for (size_t i = 0; i < n; i++) a[i] = b[i] + scale * c[i];
}

/* splitmix64 of the word's address and the seed: no two addresses share a word but by chance. */
static inline uint64_t word_of(uint64_t seed, uint64_t index) {
  uint64_t z = seed + (index + 1) * UINT64_C(0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return z ^ (z >> 31);
}

void bench_pattern_write(uint64_t *restrict a, uint64_t seed, uint64_t first, size_t n) {
#pragma omp parallel for schedule(static)
  for (size_t i = 0; i < n; i++) a[i] = word_of(seed, first + i);
}

/* Random contents between 1 and 2: no subnormal number, no two pages alike. */
void bench_random(double *restrict a, uint64_t seed, uint64_t first, size_t n) {
#pragma omp parallel for schedule(static)
  for (size_t i = 0; i < n; i++) {
    union {
      uint64_t bits;
      double number;
    } word = {.bits = (word_of(seed, first + i) >> 12) | UINT64_C(0x3FF0000000000000)};
    a[i] = word.number;
  }
}

/* Returns how many words differ; the index of the first one in *where, n where none does. */
size_t bench_pattern_verify(const uint64_t *restrict a, uint64_t seed, uint64_t first, size_t n, uint64_t *where) {
  size_t wrong = 0;
  uint64_t lowest = n;
#pragma omp parallel for reduction(+ : wrong) reduction(min : lowest) schedule(static)
  for (size_t i = 0; i < n; i++)
    if (a[i] != word_of(seed, first + i)) {
      wrong++;
      if (i < lowest) lowest = i;
    }
  *where = lowest;
  return wrong;
}

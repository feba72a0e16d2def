// Kernels of the bench, built at run time where nvcc is there: streams of wide loads, a pattern without a period, loops
// of one instruction over registers, and a clock that is counted on the device. Every entry returns a cudaError_t.
#include <stdint.h>

#define DEVICE_OR_RETURN(device)                    \
  do {                                              \
    cudaError_t chosen = cudaSetDevice(device);     \
    if (chosen != cudaSuccess) return chosen;       \
  } while (0)

// ---- streams -------------------------------------------------------------------------------------------------------

// Loads and stores past the nearest cache: a pass over a small array must come from the last level, not from a unit's own.
__device__ __forceinline__ float4 load(const float4 *p) { return __ldcg(p); }
__device__ __forceinline__ void store(float4 *p, float4 v) { __stcg(p, v); }
__device__ __forceinline__ float4 scaled_sum(float4 b, float4 c, float s) {
  return make_float4(b.x + s * c.x, b.y + s * c.y, b.z + s * c.z, b.w + s * c.w);
}

enum Kernel { READ = 0, WRITE = 1, COPY = 2, TRIAD = 3 };

// Up to UNROLL loads are on their way before the first is used, as the compiler has registers for. `n` counts vectors of
// 16 bytes.
template <int KERNEL, int UNROLL>
__global__ void stream(float4 *a, const float4 *b, const float4 *c, float s, size_t n, int passes, float *sink) {
  const size_t step = (size_t)gridDim.x * blockDim.x;
  const size_t first = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
  float4 sum = make_float4(0, 0, 0, 0);
  for (int pass = 0; pass < passes; pass++) {
    size_t i = first;
    for (; i + (UNROLL - 1) * step < n; i += UNROLL * step) {
      float4 x[UNROLL], y[UNROLL];
#pragma unroll
      for (int u = 0; u < UNROLL; u++) {
        if (KERNEL == READ) x[u] = load(a + i + u * step);
        if (KERNEL == COPY || KERNEL == TRIAD) x[u] = load(b + i + u * step);
        if (KERNEL == TRIAD) y[u] = load(c + i + u * step);
      }
#pragma unroll
      for (int u = 0; u < UNROLL; u++) {
        if (KERNEL == READ) sum = scaled_sum(sum, x[u], 1.0f);
        if (KERNEL == WRITE) store(a + i + u * step, make_float4(s, s, s, s));
        if (KERNEL == COPY) store(a + i + u * step, x[u]);
        if (KERNEL == TRIAD) store(a + i + u * step, scaled_sum(x[u], y[u], s));
      }
    }
    for (; i < n; i += step) {
      if (KERNEL == READ) sum = scaled_sum(sum, load(a + i), 1.0f);
      if (KERNEL == WRITE) store(a + i, make_float4(s, s, s, s));
      if (KERNEL == COPY) store(a + i, load(b + i));
      if (KERNEL == TRIAD) store(a + i, scaled_sum(load(b + i), load(c + i), s));
    }
  }
  // No sum of what is read is this: the store keeps the loads, and is never done.
  if (KERNEL == READ && sum.x + sum.y + sum.z + sum.w == -1e30f) *sink = sum.x;
}

template <int KERNEL>
static void launch(int unroll, dim3 grid, dim3 block, cudaStream_t q, float4 *a, const float4 *b, const float4 *c, float s,
                   size_t n, int passes, float *sink) {
  if (unroll >= 16) stream<KERNEL, 16><<<grid, block, 0, q>>>(a, b, c, s, n, passes, sink);
  else if (unroll >= 8) stream<KERNEL, 8><<<grid, block, 0, q>>>(a, b, c, s, n, passes, sink);
  else if (unroll >= 4) stream<KERNEL, 4><<<grid, block, 0, q>>>(a, b, c, s, n, passes, sink);
  else stream<KERNEL, 2><<<grid, block, 0, q>>>(a, b, c, s, n, passes, sink);
}

extern "C" int bench_stream(int device, void *queue, int kernel, void *a, void *b, void *c, float s, size_t bytes, int block,
                            int unroll, int blocks, int passes, void *sink) {
  DEVICE_OR_RETURN(device);
  cudaStream_t q = (cudaStream_t)queue;
  float4 *x = (float4 *)a;
  const float4 *y = (const float4 *)b, *z = (const float4 *)c;
  const size_t n = bytes / sizeof(float4);
  switch (kernel) {
    case READ: launch<READ>(unroll, blocks, block, q, x, y, z, s, n, passes, (float *)sink); break;
    case WRITE: launch<WRITE>(unroll, blocks, block, q, x, y, z, s, n, passes, (float *)sink); break;
    case COPY: launch<COPY>(unroll, blocks, block, q, x, y, z, s, n, passes, (float *)sink); break;
    case TRIAD: launch<TRIAD>(unroll, blocks, block, q, x, y, z, s, n, passes, (float *)sink); break;
    default: return cudaErrorInvalidValue;
  }
  return cudaGetLastError();
}

// ---- pattern -------------------------------------------------------------------------------------------------------

// splitmix64 of the word's address and the seed: no two addresses share a word but by chance.
__device__ __forceinline__ uint64_t word_of(uint64_t seed, uint64_t index) {
  uint64_t z = seed + (index + 1) * 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

__global__ void pattern_write(uint64_t *a, uint64_t seed, uint64_t first, size_t n) {
  const size_t step = (size_t)gridDim.x * blockDim.x;
  for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += step) a[i] = word_of(seed, first + i);
}

// found[0] counts wrong words, found[1] is the lowest index of one.
__global__ void pattern_verify(const uint64_t *a, uint64_t seed, uint64_t first, size_t n, unsigned long long *found) {
  const size_t step = (size_t)gridDim.x * blockDim.x;
  unsigned long long wrong = 0, lowest = ~0ull;
  for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += step)
    if (__ldcg((const unsigned long long *)a + i) != word_of(seed, first + i)) {
      wrong++;
      if (i < lowest) lowest = i;
    }
  if (wrong) {
    atomicAdd(found, wrong);
    atomicMin(found + 1, lowest);
  }
}

extern "C" int bench_pattern_write(int device, void *queue, void *a, uint64_t seed, uint64_t first, size_t n, int blocks) {
  DEVICE_OR_RETURN(device);
  pattern_write<<<blocks, 256, 0, (cudaStream_t)queue>>>((uint64_t *)a, seed, first, n);
  return cudaGetLastError();
}

extern "C" int bench_pattern_verify(int device, void *queue, void *a, uint64_t seed, uint64_t first, size_t n, int blocks,
                                    void *found) {
  DEVICE_OR_RETURN(device);
  pattern_verify<<<blocks, 256, 0, (cudaStream_t)queue>>>((const uint64_t *)a, seed, first, n, (unsigned long long *)found);
  return cudaGetLastError();
}

// ---- clock ---------------------------------------------------------------------------------------------------------

// One thread spins for so many cycles of its unit; told are the cycles, and the nanoseconds of the device's timer.
__global__ void spin(long long cycles, long long *told) {
  long long began, ended;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(began));
  const long long start = clock64();
  long long passed = 0;
  while (passed < cycles) passed = clock64() - start;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(ended));
  told[0] = passed;
  told[1] = ended - began;
}

extern "C" int bench_clock(int device, void *queue, long long cycles, void *told) {
  DEVICE_OR_RETURN(device);
  spin<<<1, 1, 0, (cudaStream_t)queue>>>(cycles, (long long *)told);
  return cudaGetLastError();
}

// ---- loops over registers ------------------------------------------------------------------------------------------

// Each warp multiplies A (rows x K) by CHAINS tiles B (K x 8), first by Y, then by -(Y - 1), over and over, so that the
// operands keep toggling while a sum grows slowly by what can be told exactly beforehand:
//   A(i, k) = X(i) S(k),  B1(k, j) = S(k) Y(j),  B2(k, j) = -S(k) (Y(j) - 1),  S(k) = +1 or -1,
//   so D(i, j) = pairs * K * X(i) whatever Y and S are, and only if every step was done.
#define CHAINS 8
enum Kind { FMA32 = 0, FMA64 = 1, MMA64 = 2, TF32 = 3, BF16 = 4, FP16 = 5, INT8 = 6, E4M3 = 7, E5M2 = 8 };

__device__ __forceinline__ uint32_t mixed(uint32_t x) {
  x ^= x >> 16; x *= 0x7feb352dU; x ^= x >> 15; x *= 0x846ca68bU;
  return x ^ (x >> 16);
}
// Whole numbers that the format holds exactly, of either sign for a row, above 0 for a column.
__device__ __forceinline__ int of_row(uint32_t seed, int row, int most) {
  const uint32_t h = mixed(seed + 0x100 + row);
  return (h & 1 ? 1 : -1) * (1 + (int)((h >> 1) % most));
}
__device__ __forceinline__ int of_column(uint32_t seed, int column, int most) {
  return 1 + (int)(mixed(seed + 0x200 + column) % most);
}
__device__ __forceinline__ int sign_of(uint32_t seed, int k) { return mixed(seed + 0x300 + k) & 1 ? 1 : -1; }

// The bits of a small whole number in a format with that many exponent bits' bias and mantissa bits.
__device__ __forceinline__ uint32_t small_float(int value, int bias, int mantissa, int width) {
  if (value == 0) return 0;
  const uint32_t magnitude = value < 0 ? -value : value;
  const int exponent = 31 - __clz(magnitude);
  const uint32_t rest = (magnitude << mantissa >> exponent) & ((1u << mantissa) - 1);
  return (value < 0 ? 1u << (width - 1) : 0u) | (uint32_t)(exponent + bias) << mantissa | rest;
}

template <int KIND> struct Format;
template <> struct Format<TF32> { enum { K = 8, PER = 1, MOST = 50 }; static __device__ uint32_t bits(int v) { return __float_as_uint((float)v); } };
template <> struct Format<BF16> { enum { K = 16, PER = 2, MOST = 50 }; static __device__ uint32_t bits(int v) { return __float_as_uint((float)v) >> 16; } };
template <> struct Format<FP16> { enum { K = 16, PER = 2, MOST = 50 }; static __device__ uint32_t bits(int v) { return small_float(v, 15, 10, 16); } };
template <> struct Format<INT8> { enum { K = 32, PER = 4, MOST = 50 }; static __device__ uint32_t bits(int v) { return (uint32_t)v & 0xff; } };
template <> struct Format<E4M3> { enum { K = 32, PER = 4, MOST = 8 }; static __device__ uint32_t bits(int v) { return small_float(v, 7, 3, 8); } };
template <> struct Format<E5M2> { enum { K = 32, PER = 4, MOST = 4 }; static __device__ uint32_t bits(int v) { return small_float(v, 15, 2, 8); } };

// Element e of register h of a thread with number t in its group of four lies at this depth, in A and in B alike.
template <int KIND> __device__ __forceinline__ int depth(int t, int e, int h) {
  return t * Format<KIND>::PER + e + h * 4 * Format<KIND>::PER;
}

template <int KIND> __device__ __forceinline__ uint32_t packed(uint32_t seed, int t, int h, int factor) {
  uint32_t word = 0;
#pragma unroll
  for (int e = 0; e < Format<KIND>::PER; e++)
    word |= Format<KIND>::bits(factor * sign_of(seed, depth<KIND>(t, e, h))) << (e * (32 / Format<KIND>::PER));
  return word;
}

#define MMA(SHAPE, TYPES, D)                                                                             \
  asm volatile("mma.sync.aligned." SHAPE ".row.col." TYPES " {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};" \
               : "+" D(d[0]), "+" D(d[1]), "+" D(d[2]), "+" D(d[3])                                    \
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]))

template <int KIND> struct Sum { typedef float type; };
template <> struct Sum<INT8> { typedef int type; };

template <int KIND> __device__ __forceinline__ void step(typename Sum<KIND>::type *d, const uint32_t *a, const uint32_t *b);
#if __CUDA_ARCH__ >= 800
template <> __device__ __forceinline__ void step<TF32>(float *d, const uint32_t *a, const uint32_t *b) { MMA("m16n8k8", "f32.tf32.tf32.f32", "f"); }
template <> __device__ __forceinline__ void step<BF16>(float *d, const uint32_t *a, const uint32_t *b) { MMA("m16n8k16", "f32.bf16.bf16.f32", "f"); }
template <> __device__ __forceinline__ void step<FP16>(float *d, const uint32_t *a, const uint32_t *b) { MMA("m16n8k16", "f32.f16.f16.f32", "f"); }
template <> __device__ __forceinline__ void step<INT8>(int *d, const uint32_t *a, const uint32_t *b) { MMA("m16n8k32", "s32.s8.s8.s32", "r"); }
#else
template <int KIND> __device__ __forceinline__ void step(typename Sum<KIND>::type *, const uint32_t *, const uint32_t *) {}
#endif
// From 9.0 to 11.x one warp has no unit of fp8: the compiler puts products in fp16 and sums in their place, and makes a
// product that it knows already only once.
#if __CUDA_ARCH__ >= 890 && (__CUDA_ARCH__ < 900 || __CUDA_ARCH__ >= 1200)
template <> __device__ __forceinline__ void step<E4M3>(float *d, const uint32_t *a, const uint32_t *b) { MMA("m16n8k32", "f32.e4m3.e4m3.f32", "f"); }
template <> __device__ __forceinline__ void step<E5M2>(float *d, const uint32_t *a, const uint32_t *b) { MMA("m16n8k32", "f32.e5m2.e5m2.f32", "f"); }
#elif __CUDA_ARCH__ >= 800
// Nothing is done, and the check says so.
template <> __device__ __forceinline__ void step<E4M3>(float *, const uint32_t *, const uint32_t *) {}
template <> __device__ __forceinline__ void step<E5M2>(float *, const uint32_t *, const uint32_t *) {}
#endif

// The squares of what is wrong, and of what must be.
struct Squares {
  double wrong, all;
  __device__ __forceinline__ void add(double got, double need) {
    wrong += (got - need) * (got - need);
    all += need * need;
  }
};

// out[0] adds the squares of what is wrong in all threads, out[1] the squares of what must be.
__device__ __forceinline__ void told(Squares squares, double *out) {
  double wrong = squares.wrong, all = squares.all;
  for (int offset = 16; offset; offset >>= 1) {
    wrong += __shfl_down_sync(0xffffffffu, wrong, offset);
    all += __shfl_down_sync(0xffffffffu, all, offset);
  }
  if ((threadIdx.x & 31) == 0) {
    atomicAdd(out, wrong);
    atomicAdd(out + 1, all);
  }
}

// Units of fp8 may keep 14 bits of a sum: what must be in it is taken out after so many pairs, so that no sum needs more
// (32 * 32 * 8 + 32 * 8 * 8 = 10,240), and is added again in the end. Taken out is what must be and not what is, so that a
// step left out is missing to the end.
#define ROUND 32

template <int KIND> __global__ void tensor_loop(int pairs, uint32_t seed, double *out) {
  const int lane = threadIdx.x & 31, group = lane >> 2, t = lane & 3, most = Format<KIND>::MOST;
  const bool in_rounds = KIND == E4M3 || KIND == E5M2;
  uint32_t a[4], plus[CHAINS][2], minus[CHAINS][2];
  typename Sum<KIND>::type d[CHAINS][4] = {}, of_pair[2];
  // Every loop over registers is unrolled, or they would lie in memory.
#pragma unroll
  for (int r = 0; r < 2; r++) of_pair[r] = Format<KIND>::K * of_row(seed, group + 8 * r, most);
  // Register r of A lies in row group + 8 (r odd), and in the lower or the upper half of the depth.
#pragma unroll
  for (int r = 0; r < 4; r++) a[r] = packed<KIND>(seed, t, r >> 1, of_row(seed, group + 8 * (r & 1), most));
#pragma unroll
  for (int c = 0; c < CHAINS; c++) {
    const int y = of_column(seed, 8 * c + group, most);
#pragma unroll
    for (int h = 0; h < 2; h++) {
      plus[c][h] = packed<KIND>(seed, t, h, y);
      minus[c][h] = packed<KIND>(seed, t, h, 1 - y);
    }
  }
  for (int n = 0; n < pairs; n++) {
#pragma unroll
    for (int c = 0; c < CHAINS; c++) step<KIND>(d[c], a, plus[c]);
#pragma unroll
    for (int c = 0; c < CHAINS; c++) step<KIND>(d[c], a, minus[c]);
    if (in_rounds && n % ROUND == ROUND - 1) {
#pragma unroll
      for (int c = 0; c < CHAINS; c++)
#pragma unroll
        for (int r = 0; r < 4; r++) d[c][r] -= ROUND * of_pair[r >> 1];
    }
  }
  const double taken = in_rounds ? pairs / ROUND * ROUND : 0;
  Squares squares = {};
#pragma unroll
  for (int c = 0; c < CHAINS; c++)
#pragma unroll
    for (int r = 0; r < 4; r++) squares.add(d[c][r] + taken * of_pair[r >> 1], (double)pairs * of_pair[r >> 1]);
  told(squares, out);
}

template <typename T> __global__ void fma_loop(int pairs, uint32_t seed, double *out) {
  const int thread = blockIdx.x * blockDim.x + threadIdx.x;
  const T x = (T)of_row(seed, thread & 0xff, 4);
  T plus[CHAINS], minus[CHAINS], d[CHAINS] = {};
#pragma unroll
  for (int c = 0; c < CHAINS; c++) {
    plus[c] = (T)of_column(seed, c, 50);
    minus[c] = 1 - plus[c];
  }
  for (int n = 0; n < pairs; n++) {
#pragma unroll
    for (int c = 0; c < CHAINS; c++) d[c] = fma(x, plus[c], d[c]);
#pragma unroll
    for (int c = 0; c < CHAINS; c++) d[c] = fma(x, minus[c], d[c]);
  }
  Squares squares = {};
#pragma unroll
  for (int c = 0; c < CHAINS; c++) squares.add(d[c], (double)pairs * x);
  told(squares, out);
}

__global__ void double_loop(int pairs, uint32_t seed, double *out) {
  const int lane = threadIdx.x & 31, group = lane >> 2, t = lane & 3;
  const double a = of_row(seed, group, 50) * sign_of(seed, t);
  double plus[CHAINS], minus[CHAINS], d[CHAINS][2] = {};
#pragma unroll
  for (int c = 0; c < CHAINS; c++) {
    plus[c] = sign_of(seed, t) * of_column(seed, 8 * c + group, 50);
    minus[c] = sign_of(seed, t) - plus[c];
  }
#if __CUDA_ARCH__ >= 800
#define DMMA(B)                                                                                  \
  asm volatile("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0,%1}, {%2}, {%3}, {%0,%1};" \
               : "+d"(d[c][0]), "+d"(d[c][1]) : "d"(a), "d"(B))
  for (int n = 0; n < pairs; n++) {
#pragma unroll
    for (int c = 0; c < CHAINS; c++) DMMA(plus[c]);
#pragma unroll
    for (int c = 0; c < CHAINS; c++) DMMA(minus[c]);
  }
#endif
  Squares squares = {};
#pragma unroll
  for (int c = 0; c < CHAINS; c++)
#pragma unroll
    for (int r = 0; r < 2; r++) squares.add(d[c][r], (double)pairs * 4 * of_row(seed, group, 50));
  told(squares, out);
}

extern "C" int bench_loop(int device, void *queue, int kind, int blocks, int threads, int pairs, uint32_t seed, void *out) {
  DEVICE_OR_RETURN(device);
  cudaStream_t q = (cudaStream_t)queue;
  double *o = (double *)out;
  switch (kind) {
    case FMA32: fma_loop<float><<<blocks, threads, 0, q>>>(pairs, seed, o); break;
    case FMA64: fma_loop<double><<<blocks, threads, 0, q>>>(pairs, seed, o); break;
    case MMA64: double_loop<<<blocks, threads, 0, q>>>(pairs, seed, o); break;
    case TF32: tensor_loop<TF32><<<blocks, threads, 0, q>>>(pairs, seed, o); break;
    case BF16: tensor_loop<BF16><<<blocks, threads, 0, q>>>(pairs, seed, o); break;
    case FP16: tensor_loop<FP16><<<blocks, threads, 0, q>>>(pairs, seed, o); break;
    case INT8: tensor_loop<INT8><<<blocks, threads, 0, q>>>(pairs, seed, o); break;
    case E4M3: tensor_loop<E4M3><<<blocks, threads, 0, q>>>(pairs, seed, o); break;
    case E5M2: tensor_loop<E5M2><<<blocks, threads, 0, q>>>(pairs, seed, o); break;
    default: return cudaErrorInvalidValue;
  }
  return cudaGetLastError();
}

extern "C" const char *bench_error(int code) { return cudaGetErrorString((cudaError_t)code); }

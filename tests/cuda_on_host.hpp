// As much of CUDA as kernels.cu needs, on the processor: the threads of a warp run one after the other up to where they
// meet, and what they do together there is done by what the PTX ISA says of it, not by what kernels.cu takes for granted.
#pragma once

#include <ucontext.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#define __global__
#define __device__
#define __forceinline__ inline

struct dim3 {
  unsigned x, y, z;
  dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};
struct alignas(16) float4 {
  float x, y, z, w;
};
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }

typedef void *cudaStream_t;
enum cudaError_t {
  cudaSuccess = 0,
  cudaErrorInvalidValue = 1,
  cudaErrorInvalidConfiguration = 9,
  cudaErrorInvalidDevice = 101,
  cudaErrorLaunchOutOfResources = 701,
  cudaErrorLaunchFailure = 719,
};

static dim3 threadIdx, blockIdx, blockDim, gridDim;

// ---- what the tests set and read -------------------------------------------------------------------------------------

struct Host {
  // Set: the collective (or fma) with this number is left out; of that one a bit of operand A is turned in one thread.
  int64_t left_out, turned;
  // Set: binary digits to which every result of mma and fma is cut, and digits that a sum of products keeps; 0 is all.
  int32_t result_digits, sum_digits;
  // Set: a block of more threads than this one is refused, as it is where registers are too few; 0 refuses none.
  int32_t most_threads;
  // Counted: launches, mma of a warp, fma of a thread, how often anything was asked for the time.
  int32_t launches;
  int64_t mma, fma, asked;
};
extern "C" {
Host host = {-1, -1, 0, 0, 0, 0, 0, 0, 0};
}

namespace on_host {

static cudaError_t last_error = cudaSuccess;
static std::string why;

// ---- memory that is looked at: any access besides it is a fault ------------------------------------------------------

struct Watched {
  uintptr_t first, end;
  uint32_t *loads, *stores;
};
static std::vector<Watched> watched;

// ---- threads ---------------------------------------------------------------------------------------------------------

struct Operand {
  const char *constraint;
  void *place;
};

struct Meeting {
  const char *what;              // The text of an instruction; null is a shuffle.
  std::vector<Operand> operands; // Of an instruction.
  double value;                  // Of a shuffle.
  int offset;
};

struct Runner {
  ucontext_t context;
  std::vector<char> stack;
  int lane = -1;
  bool waits = false;
  Meeting at;
};

const int WARP = 32, STACK = 256 * 1024;
static ucontext_t scheduler;
static std::vector<std::unique_ptr<Runner>> runners;
static Runner *running;
static void (*kernel)(void *);
static void *arguments;
static int next_lane, lanes, warp_first;

inline void stand_in(int lane) {
  threadIdx = dim3(warp_first + lane);
}

// A runner takes one lane after the other; one that waits for the others keeps its runner, and the next has another.
inline void run_lanes() {
  Runner *self = running;
  while (next_lane < lanes) {
    self->lane = next_lane++;
    stand_in(self->lane);
    kernel(arguments);
    self->lane = -1;
  }
  swapcontext(&self->context, &scheduler);
}

inline void resume(Runner &one) {
  running = &one;
  if (one.lane >= 0) stand_in(one.lane);
  swapcontext(&scheduler, &one.context);
}

inline void fault(const std::string &text) {
  if (last_error == cudaSuccess) {
    last_error = cudaErrorLaunchFailure;
    why = "on the host: " + text;
  }
}

inline Meeting &met(Meeting meeting) {
  Runner *self = running;
  self->at = std::move(meeting);
  self->waits = true;
  swapcontext(&self->context, &scheduler);
  running = self;
  return self->at;
}

void together(std::vector<Meeting *> &every);

inline void run_warp() {
  next_lane = 0;
  std::vector<Runner *> here;
  while (next_lane < lanes) {
    if (here.size() == runners.size()) runners.push_back(std::make_unique<Runner>());
    Runner &one = *runners[here.size()];
    one.stack.resize(STACK);
    getcontext(&one.context);
    one.context.uc_stack.ss_sp = one.stack.data();
    one.context.uc_stack.ss_size = one.stack.size();
    one.context.uc_link = nullptr;
    one.lane = -1;
    one.waits = false;
    makecontext(&one.context, run_lanes, 0);
    here.push_back(&one);
    resume(one);
  }
  for (;;) {
    std::vector<Meeting *> every;
    for (Runner *one : here)
      if (one->waits) every.push_back(&one->at);
    if (every.empty()) return;
    if ((int)every.size() != WARP) return fault(std::to_string(every.size()) + " of 32 threads meet");
    together(every);
    if (last_error != cudaSuccess) return;
    for (Runner *one : here) {
      one->waits = false;
      resume(*one);
    }
  }
}

template <typename Call> void launch(dim3 grid, dim3 block, size_t shared, cudaStream_t, Call call) {
  host.launches++;
  if (shared) fault("no memory is shared here");
  const uint64_t threads = (uint64_t)block.x * block.y * block.z;
  if (!grid.x || grid.x > 0x7fffffffu || !threads || threads > 1024) {
    last_error = cudaErrorInvalidConfiguration;
    return;
  }
  if (host.most_threads && threads > (uint64_t)host.most_threads) {
    last_error = cudaErrorLaunchOutOfResources;
    return;
  }
  gridDim = grid;
  blockDim = block;
  kernel = [](void *place) { (*(Call *)place)(); };
  arguments = &call;
  for (unsigned number = 0; number < grid.x && last_error == cudaSuccess; number++) {
    blockIdx = dim3(number);
    for (warp_first = 0; warp_first < (int)block.x && last_error == cudaSuccess; warp_first += WARP) {
      lanes = std::min<int>(WARP, block.x - warp_first);
      run_warp();
    }
  }
}

// ---- number formats, by their definitions ----------------------------------------------------------------------------

// Sign, exponent and fraction as IEEE 754 lays them out. e4m3 (OCP 8-bit, 5.3) has no infinity and one NaN of each sign.
inline double read_float(uint32_t bits, int exponent_bits, int fraction_bits, bool has_infinity = true) {
  const int bias = (1 << (exponent_bits - 1)) - 1, top = (1 << exponent_bits) - 1;
  const int sign = bits >> (exponent_bits + fraction_bits) & 1;
  const int exponent = bits >> fraction_bits & top;
  const uint32_t all = (1u << fraction_bits) - 1, fraction = bits & all;
  double value;
  if (exponent == top && has_infinity) value = fraction ? NAN : INFINITY;
  else if (exponent == top && fraction == all) value = NAN;
  else if (exponent == 0) value = std::ldexp((double)fraction, 1 - bias - fraction_bits);
  else value = std::ldexp((double)(fraction + all + 1), exponent - bias - fraction_bits);
  return sign ? -value : value;
}

// A type of elements: its bits in a register as a number, and of which bit a turn is sure to change the number.
struct Element {
  const char *type;
  double (*number)(uint32_t bits);
  int turned;
};
static const Element ELEMENTS[] = {
    {"tf32", [](uint32_t bits) { return read_float(bits >> 13, 8, 10); }, 23}, // The low 13 bits are not looked at.
    {"bf16", [](uint32_t bits) { return read_float(bits, 8, 7); }, 7},
    {"f16", [](uint32_t bits) { return read_float(bits, 5, 10); }, 10},
    {"e4m3", [](uint32_t bits) { return read_float(bits, 4, 3, false); }, 3},
    {"e5m2", [](uint32_t bits) { return read_float(bits, 5, 2); }, 2},
    {"s8", [](uint32_t bits) { return (double)(int8_t)bits; }, 0},
    {"f64", nullptr, 20}, // Of the high word.
};

// Cut to so many binary digits, towards zero.
inline double cut(double value, int digits) {
  if (!digits || value == 0 || !std::isfinite(value)) return value;
  int exponent;
  const double fraction = std::frexp(value, &exponent);
  return std::ldexp(std::trunc(std::ldexp(fraction, digits)), exponent - digits);
}

// Addends are shifted to the exponent of the largest one and cut there, as in units that keep few digits of a sum.
inline double added(const std::vector<double> &addends) {
  double largest = 0, sum = 0;
  for (double one : addends) largest = std::max(largest, std::fabs(one));
  if (!host.sum_digits || largest == 0 || !std::isfinite(largest)) {
    for (double one : addends) sum += one;
    return sum;
  }
  const double unit = std::ldexp(1.0, std::ilogb(largest) + 1 - host.sum_digits);
  for (double one : addends) sum += (double)(int64_t)(one / unit);
  return cut(sum * unit, host.sum_digits);
}

// ---- mma: shapes and the places of their elements --------------------------------------------------------------------

struct Place {
  int row, column;
};

// PTX ISA, "Matrix Fragments for mma.m16n8k8" (.tf32), "... mma.m16n8k16 with floating point type" (.f16, .bf16),
// "... mma.m16n8k32" (.s8, .e4m3, .e5m2), "... mma.m8n8k4 with .f64 floating point type": element i of a thread's
// fragment, low to high, where groupID = %laneid >> 2 and threadID_in_group = %laneid % 4.
struct Shape {
  const char *name;
  int m, n, k, width; // Bits of an element of A and B.
  Place (*a)(int group, int thread, int i), (*b)(int group, int thread, int i), (*c)(int group, int thread, int i);
};

static Place c_of_16(int group, int thread, int i) { return {i < 2 ? group : group + 8, thread * 2 + (i & 1)}; }

static const Shape SHAPES[] = {
    {"m16n8k8", 16, 8, 8, 32,
     [](int group, int thread, int i) -> Place {
       return {i == 0 || i == 2 ? group : group + 8, i == 0 || i == 1 ? thread : thread + 4};
     },
     [](int group, int thread, int i) -> Place { return {i == 0 ? thread : thread + 4, group}; }, c_of_16},
    {"m16n8k16", 16, 8, 16, 16,
     [](int group, int thread, int i) -> Place {
       return {(0 <= i && i < 2) || (4 <= i && i < 6) ? group : group + 8, thread * 2 + (i & 1) + (i < 4 ? 0 : 8)};
     },
     [](int group, int thread, int i) -> Place { return {thread * 2 + (i & 1) + (i < 2 ? 0 : 8), group}; }, c_of_16},
    {"m16n8k32", 16, 8, 32, 8,
     [](int group, int thread, int i) -> Place {
       return {(0 <= i && i < 4) || (8 <= i && i < 12) ? group : group + 8, thread * 4 + (i & 3) + (i < 8 ? 0 : 16)};
     },
     [](int group, int thread, int i) -> Place { return {thread * 4 + (i & 3) + (i < 4 ? 0 : 16), group}; }, c_of_16},
    {"m8n8k4", 8, 8, 4, 64,
     [](int group, int thread, int) -> Place { return {group, thread}; },
     [](int group, int thread, int) -> Place { return {thread, group}; },
     [](int group, int thread, int i) -> Place { return {group, thread * 2 + i}; }},
};

// What the instruction set has, of what is used here: shape, types of D, A, B and C, and the letter of their registers.
struct Known {
  const char *shape, *types, *in, *out;
};
static const Known KNOWN[] = {
    {"m16n8k8", "f32.tf32.tf32.f32", "r", "f"},  {"m16n8k16", "f32.bf16.bf16.f32", "r", "f"},
    {"m16n8k16", "f32.f16.f16.f32", "r", "f"},   {"m16n8k32", "s32.s8.s8.s32", "r", "r"},
    {"m16n8k32", "f32.e4m3.e4m3.f32", "r", "f"}, {"m16n8k32", "f32.e5m2.e5m2.f32", "r", "f"},
    {"m8n8k4", "f64.f64.f64.f64", "d", "d"},
};

struct Instruction {
  const Shape *shape = nullptr;
  const Known *known = nullptr;
  const Element *element = nullptr;
  std::vector<std::vector<int>> groups; // Numbers of operands: D, A, B, C.
  bool timer = false;
};

inline const Instruction *understood(const char *text) {
  static std::map<std::string, Instruction> every;
  auto place = every.find(text);
  if (place != every.end()) return &place->second;
  Instruction made;
  const std::string all = text, name = all.substr(0, all.find(' '));
  if (all == "mov.u64 %0, %%globaltimer;") made.timer = true;
  for (const Known &known : KNOWN)
    if (name == std::string("mma.sync.aligned.") + known.shape + ".row.col." + known.types) {
      made.known = &known;
      const std::string types = known.types;
      const size_t first = types.find('.') + 1;
      for (const Element &element : ELEMENTS)
        if (types.substr(first, types.find('.', first) - first) == element.type) made.element = &element;
      for (const Shape &shape : SHAPES)
        if (std::string(shape.name) == known.shape) made.shape = &shape;
    }
  if (!made.timer && !made.known) return nullptr;
  for (size_t n = name.size(); made.known && (n = all.find('{', n)) != std::string::npos; n++) {
    made.groups.emplace_back();
    for (size_t at = n, end = all.find('}', n); (at = all.find('%', at)) < end; at++)
      made.groups.back().push_back(std::atoi(all.c_str() + at + 1));
  }
  return &(every[text] = made);
}

inline void *place_of(const Meeting &one, const Instruction &what, int group, int number) {
  return one.operands[what.groups[group][number]].place;
}

inline uint32_t element_of(const Meeting &one, const Instruction &what, int group, int i) {
  const int per = 32 / what.shape->width;
  const uint32_t word = *(uint32_t *)place_of(one, what, group, i / per);
  return what.shape->width == 32 ? word : word >> (i % per * what.shape->width) & ((1u << what.shape->width) - 1);
}

inline double number_of(const Meeting &one, const Instruction &what, int group, int i) {
  if (what.shape->width == 64) return *(double *)place_of(one, what, group, i);
  return what.element->number(element_of(one, what, group, i));
}

inline void multiply(std::vector<Meeting *> &every, const Instruction &what) {
  const Shape &shape = *what.shape;
  const int64_t number = host.mma++;
  if (number == host.left_out) return;
  uint32_t *turned = number == host.turned ? (uint32_t *)place_of(*every[5], what, 1, 0) : nullptr;
  if (turned && shape.width == 64) turned++;
  const uint32_t bit = 1u << what.element->turned;
  if (turned) *turned ^= bit;
  static std::vector<double> a, b, addends;
  a.assign(shape.m * shape.k, NAN);
  b.assign(shape.k * shape.n, NAN);
  const int in_a = shape.m * shape.k / WARP, in_b = shape.k * shape.n / WARP, in_c = shape.m * shape.n / WARP;
  for (int lane = 0; lane < WARP; lane++) {
    for (int i = 0; i < in_a; i++) {
      const Place at = shape.a(lane >> 2, lane % 4, i);
      a[at.row * shape.k + at.column] = number_of(*every[lane], what, 1, i);
    }
    for (int i = 0; i < in_b; i++) {
      const Place at = shape.b(lane >> 2, lane % 4, i);
      b[at.row * shape.n + at.column] = number_of(*every[lane], what, 2, i);
    }
  }
  if (turned) *turned ^= bit;
  for (int lane = 0; lane < WARP; lane++)
    for (int i = 0; i < in_c; i++) {
      const Place at = shape.c(lane >> 2, lane % 4, i);
      void *c = place_of(*every[lane], what, 3, i), *d = place_of(*every[lane], what, 0, i);
      const char kind = *what.known->types;
      const bool whole = kind == 's', twice = what.known->types[1] == '6';
      addends.assign(1, whole ? *(int32_t *)c : twice ? *(double *)c : *(float *)c);
      for (int k = 0; k < shape.k; k++) addends.push_back(a[at.row * shape.k + k] * b[k * shape.n + at.column]);
      const double sum = cut(added(addends), host.result_digits);
      if (whole) *(int32_t *)d = (int32_t)(uint32_t)(int64_t)sum;
      else if (twice) *(double *)d = sum;
      else *(float *)d = (float)sum;
    }
}

inline void together(std::vector<Meeting *> &every) {
  for (Meeting *one : every)
    if (one->what != every[0]->what || one->offset != every[0]->offset)
      return fault("the threads of a warp meet at different instructions");
  if (every[0]->what) return multiply(every, *understood(every[0]->what));
  // __shfl_down_sync: a thread beyond the last one keeps its own.
  const int offset = every[0]->offset;
  for (int lane = 0; lane + offset < WARP; lane++) every[lane]->value = every[lane + offset]->value;
}

// ---- inline PTX ------------------------------------------------------------------------------------------------------

template <typename T> struct Letter;
template <> struct Letter<float> { static const char is = 'f'; };
template <> struct Letter<double> { static const char is = 'd'; };
template <> struct Letter<int> { static const char is = 'r'; };
template <> struct Letter<unsigned> { static const char is = 'r'; };
template <> struct Letter<long long> { static const char is = 'l'; };

template <typename T> Operand operand(const char *constraint, T &place) {
  const size_t length = std::strlen(constraint);
  const bool written = length == 2 && (constraint[0] == '+' || constraint[0] == '=');
  if (constraint[length - 1] != Letter<std::remove_const_t<T>>::is || (length != 1 && !written))
    fault(std::string("no such operand: ") + constraint);
  if (written && std::is_const_v<T>) fault("what is written is constant");
  return {constraint, (void *)&place};
}

inline bool fits(const Instruction &what, const std::vector<Operand> &operands) {
  const Shape &shape = *what.shape;
  const int in = std::max(shape.width, 32), sizes[] = {
      shape.m * shape.n / WARP, shape.m * shape.k * shape.width / WARP / in, shape.k * shape.n * shape.width / WARP / in,
      shape.m * shape.n / WARP};
  if (what.groups.size() != 4) return false;
  for (int group = 0; group < 4; group++) {
    if ((int)what.groups[group].size() != sizes[group]) return false;
    for (int number : what.groups[group]) {
      if (number < 0 || number >= (int)operands.size()) return false;
      const std::string found = operands[number].constraint;
      const std::string letter = group == 1 || group == 2 ? what.known->in : what.known->out;
      if (found.back() != letter[0] || (group == 0 && found[0] != '+')) return false;
    }
  }
  return true;
}

inline void assembly(const char *text, std::initializer_list<Operand> operands) {
  const Instruction *what = understood(text);
  if (!what) return fault(std::string("no such instruction: ") + text);
  if (what->timer) {
    *(long long *)operands.begin()->place = ++host.asked * 500;
    return;
  }
  Meeting meeting = {text, operands, 0, 0};
  if (!fits(*what, meeting.operands)) return fault(std::string("other operands than the instruction has: ") + text);
  met(std::move(meeting));
}

template <typename T> const Watched *looked_at(const T *place) {
  const uintptr_t at = (uintptr_t)place;
  if (at % sizeof(T)) fault("an address that is not aligned");
  for (const Watched &one : watched)
    if (one.first <= at && at + sizeof(T) <= one.end) return &one;
  if (!watched.empty()) fault("an address beside the arrays");
  return nullptr;
}

} // namespace on_host

// ---- what kernels.cu calls -------------------------------------------------------------------------------------------

template <typename T> T __ldcg(const T *place) {
  if (const on_host::Watched *one = on_host::looked_at(place)) one->loads[((uintptr_t)place - one->first) / sizeof(T)]++;
  return *place;
}

template <typename T> void __stcg(T *place, T value) {
  if (const on_host::Watched *one = on_host::looked_at(place)) one->stores[((uintptr_t)place - one->first) / sizeof(T)]++;
  *place = value;
}

template <typename T> T atomicAdd(T *place, T value) {
  const T before = *place;
  *place += value;
  return before;
}

inline unsigned long long atomicMin(unsigned long long *place, unsigned long long value) {
  const unsigned long long before = *place;
  if (value < before) *place = value;
  return before;
}

inline double __shfl_down_sync(unsigned mask, double value, unsigned offset) {
  if (mask != 0xffffffffu) on_host::fault("a shuffle without some of the threads");
  return on_host::met({nullptr, {}, value, (int)offset}).value;
}

// 750 cycles for each time that anything is asked for the time, and 500 ns on the timer: 1.5 GHz.
inline long long clock64() { return ++host.asked * 750; }
inline int __clz(int value) { return value ? __builtin_clz((unsigned)value) : 32; }
inline uint32_t __float_as_uint(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

inline float turned(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  bits ^= 1u << 23; // The lowest bit of the exponent.
  std::memcpy(&value, &bits, sizeof bits);
  return value;
}
inline double turned(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  bits ^= 1ull << 52;
  std::memcpy(&value, &bits, sizeof bits);
  return value;
}

template <typename T> T counted_fma(T x, T y, T sum) {
  const int64_t number = host.fma++;
  if (number == host.left_out) return sum;
  if (number == host.turned) x = turned(x);
  return (T)on_host::cut(std::fma(x, y, sum), host.result_digits);
}
#define fma counted_fma

inline cudaError_t cudaSetDevice(int device) { return device == 0 ? cudaSuccess : cudaErrorInvalidDevice; }
inline cudaError_t cudaGetLastError() {
  const cudaError_t found = on_host::last_error;
  on_host::last_error = cudaSuccess;
  return found;
}
inline const char *cudaGetErrorString(cudaError_t error) {
  switch (error) {
    case cudaErrorInvalidValue: return "invalid argument";
    case cudaErrorInvalidConfiguration: return "invalid configuration argument";
    case cudaErrorInvalidDevice: return "invalid device ordinal";
    case cudaErrorLaunchOutOfResources: return "too many resources requested for launch";
    case cudaErrorLaunchFailure: return on_host::why.c_str();
    default: return "no error";
  }
}

extern "C" void host_watch(void *first, size_t bytes, uint32_t *loads, uint32_t *stores) {
  if (first) on_host::watched.push_back({(uintptr_t)first, (uintptr_t)first + bytes, loads, stores});
  else on_host::watched.clear();
}

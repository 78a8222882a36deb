// Keeps what is measured and what measures apart: servers on one core, the client on another.
#ifndef EHC_TESTS_BENCH_E2E_CORES_H_
#define EHC_TESTS_BENCH_E2E_CORES_H_

namespace ehc {

enum class Core { kServer, kClient };

// This process, and whatever threads and children it makes from now on. The two are the same core
// where the machine grants only one.
void StayOn(Core core);

// How many cores the machine grants to this process; call it before StayOn().
int GrantedCores();

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_E2E_CORES_H_

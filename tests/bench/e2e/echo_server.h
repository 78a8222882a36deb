#ifndef EHC_TESTS_BENCH_E2E_ECHO_SERVER_H_
#define EHC_TESTS_BENCH_E2E_ECHO_SERVER_H_

#include <string>

namespace ehc {

// The path under which the echo takes the bytes that it answers every other call with.
inline constexpr char kEchoLearn[] = "/ehc.hub.v1.RecordExchangeService/PublishPlan";

// The bare gRPC that the hub is measured against: the same method of the same contract on the
// callback API, behind the same TLS and limits, which answers the bytes it was taught and does
// nothing else. `what` is "messages", which gRPC parses and serialises as it does the hub's, or
// "bytes", which are passed on as they are. Runs as a child process (ServeParent) and returns its
// exit status.
int RunEchoServer(const std::string& what, const std::string& tls_folder);

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_E2E_ECHO_SERVER_H_

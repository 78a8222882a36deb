// From channelz, gRPC's own accounts. They come as JSON and are searched as text: of the names that
// are looked for, none can occur in a value.
#include "server/transport/held_streams.h"

#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "grpc/grpc.h"
#include "grpc/support/alloc.h"

namespace ehc {
namespace {

constexpr intptr_t kAll = 1 << 20;

struct Free {
  void operator()(char* text) const { gpr_free(text); }
};
using Json = std::unique_ptr<char, Free>;

absl::string_view TextOf(const Json& json) { return json == nullptr ? "" : json.get(); }

// The next `"name":"value"` of `rest`, which is moved behind it; empty when there is none.
absl::string_view TakeNext(absl::string_view name, absl::string_view& rest) {
  const std::string opening = absl::StrCat("\"", name, "\":\"");
  const size_t found = rest.find(opening);
  if (found == absl::string_view::npos) return "";
  rest.remove_prefix(found + opening.size());
  const absl::string_view value = rest.substr(0, rest.find('"'));
  rest.remove_prefix(value.size());
  return value;
}

// Zero where gRPC leaves a zero out.
int64_t NumberOf(absl::string_view name, absl::string_view json) {
  int64_t number = 0;
  return absl::SimpleAtoi(TakeNext(name, json), &number) ? number : 0;
}

int64_t CountHeldBy(intptr_t socket) {
  const Json json(grpc_channelz_get_socket(socket));
  const absl::string_view text = TextOf(json);
  // What is over is counted when it is given back.
  return NumberOf("streamsStarted", text) - NumberOf("streamsSucceeded", text) -
         NumberOf("streamsFailed", text);
}

// {"socketRef":[{"name":"chttp2 ipv4:192.0.2.7:50432","socketId":"7"}, ...
void AppendSocketsOf(intptr_t server, std::vector<HeldStreams>& held) {
  const Json json(grpc_channelz_get_server_sockets(server, 0, kAll));
  absl::string_view rest = TextOf(json);
  for (;;) {
    absl::string_view name = TakeNext("name", rest);
    int64_t socket = 0;
    if (!absl::SimpleAtoi(TakeNext("socketId", rest), &socket)) return;
    const int64_t count = CountHeldBy(static_cast<intptr_t>(socket));
    name.remove_prefix(name.rfind(' ') + 1);
    if (count > 0) held.push_back({std::string(name), count, static_cast<intptr_t>(socket)});
  }
}

}  // namespace

std::string PeerCertificateAt(const HeldStreams& connection) {
  const Json json(grpc_channelz_get_socket(connection.socket));
  absl::string_view text = TextOf(json);
  std::string pem;
  return absl::Base64Unescape(TakeNext("remote_certificate", text), &pem) ? pem : "";
}

std::vector<HeldStreams> ListHeldStreams() {
  std::vector<HeldStreams> held;
  const Json servers(grpc_channelz_get_servers(0));
  absl::string_view rest = TextOf(servers);
  int64_t server = 0;
  while (absl::SimpleAtoi(TakeNext("serverId", rest), &server)) {
    AppendSocketsOf(static_cast<intptr_t>(server), held);
  }
  return held;
}

}  // namespace ehc

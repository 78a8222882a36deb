// Everything of an answer that the wire carries, for tests that hold two answers to be the same.
#ifndef EHC_TESTS_END2END_HUB_WIRE_H_
#define EHC_TESTS_END2END_HUB_WIRE_H_

#include <map>
#include <ostream>
#include <regex>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "client-sdk/src/internal/wire.h"
#include "ehc/hub/v1/record_exchange_service.grpc.pb.h"
#include "tests/end2end/hub_world.h"

namespace ehc {

struct WireBytes {
  int code = 0;
  std::string message;
  std::string details;
  std::string body;
  std::multimap<std::string, std::string> trailers;

  bool operator==(const WireBytes& other) const {
    return std::tie(code, message, details, body, trailers) ==
           std::tie(other.code, other.message, other.details, other.body, other.trailers);
  }
};

inline std::ostream& operator<<(std::ostream& out, const WireBytes& answer) {
  out << answer.code << " " << answer.message << " [" << answer.details << "] {" << answer.body
      << "}";
  for (const auto& [key, value] : answer.trailers) out << " " << key << "=" << value;
  return out;
}

// A fixed-length text in place of each decision and request id (26 characters of base32), so that
// lengths still count.
inline std::string WithoutIds(const std::string& text) {
  static const std::regex ids("[0-9a-hjkmnp-tv-z]{26}");
  return std::regex_replace(text, ids, std::string(26, '#'));
}

// What `method` of a service answers, body and refusal alike.
template <typename Service, typename Stub, typename Req, typename Resp>
WireBytes AskRawOf(const Clients& clients,
                   grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                   const Req& request) {
  auto stub = Service::NewStub(clients.hub.wire()->channel());
  WireBytes answer;
  (void)clients.hub.wire()->Run(
      "ehc.hub.v1.RecordExchangeService.Any", [&](grpc::ClientContext& context) {
        Resp response;
        const grpc::Status status = (stub.get()->*method)(&context, request, &response);
        answer.code = status.error_code();
        answer.message = status.error_message();
        answer.details = WithoutIds(status.error_details());
        answer.body = WithoutIds(response.SerializeAsString());
        for (const auto& [key, value] : context.GetServerTrailingMetadata()) {
          answer.trailers.emplace(std::string(key.data(), key.size()),
                                  WithoutIds(std::string(value.data(), value.size())));
        }
        return status;
      });
  return answer;
}

template <typename Req, typename Resp>
WireBytes AskRaw(const Clients& clients,
                 grpc::Status (v1::RecordExchangeService::Stub::*method)(grpc::ClientContext*,
                                                                         const Req&, Resp*),
                 const Req& request) {
  return AskRawOf<v1::RecordExchangeService>(clients, method, request);
}

}  // namespace ehc

#endif  // EHC_TESTS_END2END_HUB_WIRE_H_

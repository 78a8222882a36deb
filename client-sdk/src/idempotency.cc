#include "ehc/hub/v1/agency_admin_service.pb.h"
#include "ehchub/options.h"
#include "google/protobuf/descriptor.h"

namespace ehchub {

Idempotency IdempotencyPolicy::Of(absl::string_view method) const {
  using google::protobuf::MethodOptions;
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(std::string(method));
  const bool is_safe = descriptor != nullptr && descriptor->options().idempotency_level() !=
                                                    MethodOptions::IDEMPOTENCY_UNKNOWN;
  return is_safe ? Idempotency::kIdempotent : Idempotency::kNonIdempotent;
}

}  // namespace ehchub

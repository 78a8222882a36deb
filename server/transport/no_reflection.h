#ifndef EHC_SERVER_TRANSPORT_NO_REFLECTION_H_
#define EHC_SERVER_TRANSPORT_NO_REFLECTION_H_

#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "grpcpp/impl/server_builder_option.h"
#include "grpcpp/impl/server_builder_plugin.h"

namespace ehc {

// Linking the reflection library is enough to have it in every server: it must be taken out again.
class WithoutReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins, [](const auto& plugin) {
      return absl::StrContains(plugin->name(), "reflection");
    });
  }
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_NO_REFLECTION_H_

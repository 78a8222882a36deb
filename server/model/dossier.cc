#include "server/model/dossier.h"

#include <algorithm>
#include <string>

namespace ehc {
namespace {

template <typename Items>
void DropItems(const std::string& agency, int64_t last_number, Items* items) {
  items->erase(std::remove_if(items->begin(), items->end(),
                              [&](const auto& item) {
                                return item.origin().agency() == agency &&
                                       item.origin().number() <= last_number;
                              }),
               items->end());
}

}  // namespace

void DropRegistration(const AgencyId& agency, int64_t last_number, store::v1::Dossier& dossier) {
  const std::string& id = agency.value();
  DropItems(id, last_number, dossier.mutable_identifiers());
  DropItems(id, last_number, dossier.mutable_relationships());
  DropItems(id, last_number, dossier.mutable_consents());
  DropItems(id, last_number, dossier.mutable_protections());
  DropItems(id, last_number, dossier.mutable_capacities());
  auto& agencies = *dossier.mutable_registered_by();
  agencies.erase(std::remove(agencies.begin(), agencies.end(), id), agencies.end());
}

}  // namespace ehc

#include "server/model/dossier.h"

#include <algorithm>
#include <string>

namespace ehc {
namespace {

void DropAgency(const std::string& agency, google::protobuf::RepeatedPtrField<std::string>* from) {
  from->erase(std::remove(from->begin(), from->end(), agency), from->end());
}

template <typename Items>
void DropItems(const std::string& agency, int64_t last_number, Items* items) {
  items->erase(std::remove_if(items->begin(), items->end(),
                              [&](const auto& item) {
                                return item.origin().agency() == agency &&
                                       item.origin().number() <= last_number;
                              }),
               items->end());
}

// `person` is in the words of whoever registered first: theirs go with them.
void DescribeByWhoeverIsLeft(store::v1::Dossier& dossier) {
  for (const std::string& agency : dossier.registered_by()) {
    for (const store::v1::AccountItem& item : dossier.accounts()) {
      if (item.origin().agency() != agency) continue;
      *dossier.mutable_person() = item.value();
      return;
    }
  }
}

}  // namespace

void DropRegistration(const AgencyId& agency, int64_t last_number, store::v1::Dossier& dossier) {
  const std::string& id = agency.value();
  DropItems(id, last_number, dossier.mutable_identifiers());
  DropItems(id, last_number, dossier.mutable_relationships());
  DropItems(id, last_number, dossier.mutable_consents());
  DropItems(id, last_number, dossier.mutable_protections());
  DropItems(id, last_number, dossier.mutable_capacities());
  DropItems(id, last_number, dossier.mutable_standing_decisions());
  DropItems(id, last_number, dossier.mutable_accounts());
  const bool described_it = dossier.registered_by_size() > 0 && dossier.registered_by(0) == id;
  DropAgency(id, dossier.mutable_registered_by());
  if (described_it) DescribeByWhoeverIsLeft(dossier);
  // Else a split would bring it back.
  for (store::v1::JoinedSubject& joined : *dossier.mutable_joined()) {
    DropAgency(id, joined.mutable_registered_by());
    DropAgency(id, joined.mutable_added());
  }
}

}  // namespace ehc

// What must not leave the authority (docs/formats/extract.md, "What is never published").
#ifndef EHC_CLIENT_SDK_CLI_IMPORT_GUARD_H_
#define EHC_CLIENT_SDK_CLI_IMPORT_GUARD_H_

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "client-sdk/cli/import_extract.h"

namespace ehchub {

// Reads protections and identifiers once. Thread safe from then on.
class ImportGuard {
 public:
  ImportGuard(const Extract& extract, absl::string_view as_at);

  // A protection may be in rows that cannot be read, and nobody knows whose: nothing is published.
  bool HoldsEverything() const { return holds_everything_; }

  // The record before an adoption or another severance: never a subject.
  bool IsSevered(absl::string_view person) const { return severed_.contains(person); }
  bool IsAdopted(absl::string_view person) const { return adopted_.contains(person); }

  // A row that protects this child is at fault, so nobody knows from what.
  bool IsHeldBack(absl::string_view person) const { return held_back_.contains(person); }

  // A person has decided that the address may be published, and nothing in force forbids it.
  bool MayShowAddress(absl::string_view person) const {
    return cleared_.contains(person) && !address_forbidden_.contains(person);
  }

  // Not an identifier of a severed record nor one called former.
  bool MayShowIdentifier(absl::string_view value) const {
    return !forbidden_identifiers_.contains(value);
  }

 private:
  void ReadProtection(const Row& row, absl::string_view as_at);
  void ReadFaultyProtection(const Row& row);
  void ForbidIdentifiersOf(const Extract& extract, absl::string_view person);
  void ForbidFormerIdentifiers(const Extract& extract);

  using Names = absl::flat_hash_set<std::string>;
  bool holds_everything_ = false;
  Names severed_;
  Names adopted_;
  Names held_back_;
  Names cleared_;
  Names address_forbidden_;
  Names forbidden_identifiers_;
};

// Between its first and its last day.
bool IsInForce(const Row& row, absl::string_view from, absl::string_view to,
               absl::string_view as_at);

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_IMPORT_GUARD_H_

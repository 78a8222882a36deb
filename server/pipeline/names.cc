#include "server/pipeline/names.h"

#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/base/crypto.h"
#include "server/base/encoding.h"

namespace ehc {
namespace {

constexpr absl::string_view kSubjects = "subjects/";
constexpr absl::string_view kRecords = "records/";

AesBlock MakeBlock(const Store& store) {
  return *AesBlock::Create(SecretBytes::CopyOf(store.DerivedKey("names that leave the hub")));
}

// The half of a block that says what a name is for; a name made for anything else does not match.
uint64_t Binding(absl::string_view kind, const AgencyId& agency) {
  const Digest digest = Sha256Hasher()
                            .Update(kind)
                            .Update(absl::string_view("\0", 1))
                            .Update(agency.value())
                            .Finish();
  uint64_t binding;
  std::memcpy(&binding, digest.data(), sizeof(binding));
  return binding;
}

}  // namespace

SubjectNames::SubjectNames(const Store& store) : block_(MakeBlock(store)) {}

std::string SubjectNames::Seal(absl::string_view kind, const AgencyId& agency,
                               int64_t number) const {
  const uint64_t halves[2] = {static_cast<uint64_t>(number), Binding(kind, agency)};
  AesBlock::Block plain;
  std::memcpy(plain.data(), halves, sizeof(halves));
  return Base32Encode(block_.Encrypt(plain));
}

std::optional<int64_t> SubjectNames::Open(absl::string_view kind, const AgencyId& agency,
                                          absl::string_view text) const {
  absl::StatusOr<Bytes16> sealed = Base32Decode(text);
  if (!sealed.ok()) return std::nullopt;
  const AesBlock::Block plain = block_.Decrypt(*sealed);
  uint64_t halves[2];
  std::memcpy(halves, plain.data(), sizeof(halves));
  if (halves[1] != Binding(kind, agency)) return std::nullopt;
  return static_cast<int64_t>(halves[0]);
}

std::string SubjectNames::SubjectName(const AgencyId& agency, SubjectId subject) const {
  return absl::StrCat(kSubjects, Seal(kSubjects, agency, subject.value));
}

std::string SubjectNames::RecordName(const AgencyId& agency, RecordId record) const {
  return absl::StrCat(kRecords, Seal(kRecords, agency, record.value));
}

SubjectId SubjectNames::OpenSubject(const AgencyId& agency, absl::string_view name) const {
  if (!absl::StartsWith(name, kSubjects)) return {};
  return {Open(kSubjects, agency, name.substr(kSubjects.size())).value_or(0)};
}

RecordId SubjectNames::OpenRecord(const AgencyId& agency, absl::string_view name) const {
  if (!absl::StartsWith(name, kRecords)) return {};
  return {Open(kRecords, agency, name.substr(kRecords.size())).value_or(0)};
}

std::string SubjectNames::ItemId(const AgencyId& agency, absl::string_view collection,
                                 int64_t number) const {
  return Seal(absl::StrCat("item/", collection), agency, number);
}

std::optional<int64_t> SubjectNames::OpenItem(const AgencyId& agency, absl::string_view collection,
                                              absl::string_view id) const {
  return Open(absl::StrCat("item/", collection), agency, id);
}

std::string SubjectNames::MatterName(absl::string_view collection, MatterId matter) const {
  return absl::StrCat(collection, "/", Seal(collection, AgencyId(), matter.value));
}

MatterId SubjectNames::OpenMatter(absl::string_view collection, absl::string_view name) const {
  if (!absl::ConsumePrefix(&name, collection) || !absl::ConsumePrefix(&name, "/")) return {};
  return {Open(collection, AgencyId(), name).value_or(0)};
}

std::string SubjectNames::SealPage(const AgencyId& agency, absl::string_view list,
                                   int64_t after) const {
  return Seal(absl::StrCat("page/", list), agency, after);
}

std::optional<int64_t> SubjectNames::OpenPage(const AgencyId& agency, absl::string_view list,
                                              absl::string_view token) const {
  return Open(absl::StrCat("page/", list), agency, token);
}

}  // namespace ehc

#include "server/services/dossier_items.h"

#include <memory>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/base/encoding.h"

namespace ehc {

ItemName ReadItemName(const SubjectNames& names, const AgencyId& agency, absl::string_view name,
                      absl::string_view collection) {
  const size_t id_at = name.rfind('/');
  if (id_at == absl::string_view::npos) return {};
  absl::string_view subject = name.substr(0, id_at);
  if (!absl::ConsumeSuffix(&subject, absl::StrCat("/", collection))) return {};
  return {std::string(subject),
          names.OpenItem(agency, CollectionOf(subject, collection), name.substr(id_at + 1))
              .value_or(0)};
}

std::string CollectionOf(absl::string_view subject, absl::string_view collection) {
  return absl::StrCat(subject, "/", collection);
}

std::string ItemNameOf(const SubjectNames& names, const AgencyId& agency, absl::string_view subject,
                       absl::string_view collection, int64_t number) {
  const std::string all = CollectionOf(subject, collection);
  return absl::StrCat(all, "/", names.ItemId(agency, all, number));
}

absl::Status NoSuchItem() {
  return RefusalError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                      "name: your agency has recorded nothing under it");
}

absl::Status NotRegistered() {
  return RefusalError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                      "subject: your agency has not registered it; register it first");
}

store::v1::Origin NextOrigin(const CaseFile& file, store::v1::Dossier& dossier) {
  store::v1::Origin origin;
  dossier.set_last_number(dossier.last_number() + 1);
  origin.set_number(dossier.last_number());
  origin.set_agency(file.caller.agency().value());
  if (file.caller.person().has_value()) origin.set_unit(file.caller.person()->unit.value());
  origin.set_revision(1);
  if (file.known_as != file.subject) origin.set_about(file.known_as.value);
  return origin;
}

int64_t ItemOfResource(const CaseFile& file, absl::string_view resource) {
  const std::vector<absl::string_view> parts = absl::StrSplit(resource, '/');
  SubjectId subject;
  int64_t number = 0;
  if (parts.size() != 4 || !absl::SimpleAtoi(parts[1], &subject.value) ||
      !absl::SimpleAtoi(parts[3], &number)) {
    return 0;
  }
  return ItemNumberOf(file.dossier, subject, number);
}

int PageSize(int asked) {
  constexpr int kDefault = 50;
  constexpr int kMost = 200;
  return asked <= 0 ? kDefault : std::min(asked, kMost);
}

std::string PageListOf(const Desks& desks, absl::string_view list,
                       const google::protobuf::Message& request) {
  std::unique_ptr<google::protobuf::Message> question(request.New());
  question->CopyFrom(request);
  for (const char* of_the_page : {"page_token", "page_size"}) {
    const auto* field = question->GetDescriptor()->FindFieldByName(of_the_page);
    if (field != nullptr) question->GetReflection()->ClearField(question.get(), field);
  }
  return absl::StrCat(
      list, "/", HexEncode(desks.rooms.store.MessageDigest(list, question->SerializeAsString())));
}

absl::StatusOr<int64_t> ReadPageToken(const Desks& desks, const Caller& caller,
                                      absl::string_view list, const std::string& token) {
  if (token.empty()) return 0;
  std::optional<int64_t> after = desks.rooms.names.OpenPage(caller.agency(), list, token);
  if (!after.has_value()) {
    return FieldInvalid("page_token: is not one that this list gave to your agency");
  }
  return *after;
}

absl::StatusOr<Ask> OwnReadingAsk(const Desks& desks, const Caller& caller, const char* method,
                                  const char* action, const std::string& subject) {
  Ask ask;
  ask.method = method;
  ask.action = action;
  absl::StatusOr<SubjectRef> ref = ReadSubject(desks, caller, subject);
  if (!ref.ok()) return ref.status();
  ask.subject = *std::move(ref);
  ask.request.custodian = caller.agency();
  return ask;
}

}  // namespace ehc

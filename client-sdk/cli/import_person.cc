// Who a child is, by which identifiers, and where the home is if that may be told.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client-sdk/cli/import_posts.h"

namespace ehchub {
namespace {

v1::Sex SexOf(const std::string& code) {
  return code == "M" ? v1::SEX_MALE : code == "F" ? v1::SEX_FEMALE : v1::SEX_UNKNOWN;
}

// Each type and value at most once.
void AddIdentifier(v1::IdentifierType type, const std::string& value,
                   std::vector<v1::Identifier>& identifiers) {
  if (value.empty()) return;
  const bool there = std::any_of(identifiers.begin(), identifiers.end(), [&](const auto& other) {
    return other.type() == type && other.value() == value;
  });
  if (there) return;
  identifiers.emplace_back();
  identifiers.back().set_type(type);
  identifiers.back().set_value(value);
}

v1::IdentifierType TypeOfLink(const std::string& type) {
  if (type == "NHS Number") return v1::IDENTIFIER_TYPE_NHS_NUMBER;
  if (type == "Unique Pupil Number") return v1::IDENTIFIER_TYPE_UPN;
  if (type == "Unique Learner Number") return v1::IDENTIFIER_TYPE_ULN;
  return v1::IDENTIFIER_TYPE_UNSPECIFIED;
}

}  // namespace

Row* CurrentAddress(const Extract& extract, absl::string_view person) {
  Row* current = nullptr;
  for (Row* row : extract.Of("ssd_address").By("addr_person_id", person)) {
    if (!(*row)["addr_address_end_date"].empty()) continue;
    const bool later = current == nullptr ||
                       (*row)["addr_address_start_date"] >= (*current)["addr_address_start_date"];
    if (later) current = row;
  }
  return current;
}

// An unattended run of another agency registers by the unit of what it publishes.
std::string PostMaker::UnitOf(const ChildPosts& posts) const {
  if (importer_.IsAuthority()) return importer_.FactsUnit();
  if (!importer_.unit.empty()) return importer_.unit;
  return posts.health_records.empty() ? posts.flags[0].unit : posts.health_records[0].unit;
}

void PostMaker::AddPerson(ChildPosts& posts) const {
  const Row& row = *posts.person;
  v1::PersonDetails& person = posts.registration.message;
  posts.registration.unit = UnitOf(posts);
  posts.registration.rows.push_back(posts.person);
  person.set_given_names(row["pers_forename"]);
  person.set_family_name(row["pers_surname"]);
  person.set_sex(SexOf(row["pers_sex"]));
  if (row["pers_dob"].empty()) {
    person.set_expected_date_of_birth(row["pers_expected_dob"]);
  } else {
    person.set_date_of_birth(row["pers_dob"]);
  }
  person.set_date_of_death(row["pers_death_date"]);
  AddIdentifiers(posts);
  if (importer_.HoldsFacts()) AddPostcode(posts);
}

// Another agency needs one identifier to speak of the same child, and no pupil's number.
void PostMaker::AddIdentifiers(ChildPosts& posts) const {
  const Row& row = *posts.person;
  const std::string& id = row["pers_person_id"];
  const std::string& nhs = row["pers_common_child_id"];
  const bool show_nhs = !nhs.empty() && guard_.MayShowIdentifier(nhs);
  if (importer_.IsAuthority() || !show_nhs) {
    AddIdentifier(v1::IDENTIFIER_TYPE_LA_CHILD_ID, absl::StrCat(importer_.extract.la_code, "/", id),
                  posts.identifiers);
  }
  if (show_nhs) AddIdentifier(v1::IDENTIFIER_TYPE_NHS_NUMBER, nhs, posts.identifiers);
  if (!importer_.IsAuthority()) return;
  for (Row* send : extract_.Of("ssd_send").By("send_person_id", id)) {
    const std::string& upn = (*send)["send_upn"];
    const std::string& uln = (*send)["send_uln"];
    if (guard_.MayShowIdentifier(upn)) {
      AddIdentifier(v1::IDENTIFIER_TYPE_UPN, upn, posts.identifiers);
    }
    if (guard_.MayShowIdentifier(uln)) {
      AddIdentifier(v1::IDENTIFIER_TYPE_ULN, uln, posts.identifiers);
    }
    posts.registration.rows.push_back(send);
  }
  AddLinked(posts);
}

void PostMaker::AddLinked(ChildPosts& posts) const {
  const std::string& id = (*posts.person)["pers_person_id"];
  for (Row* link : extract_.Of("ssd_linked_identifiers").By("link_person_id", id)) {
    const v1::IdentifierType type = TypeOfLink((*link)["link_identifier_type"]);
    const std::string& until = (*link)["link_valid_to_date"];
    const bool current = until.empty() || until >= importer_.extract.as_at;
    const std::string& value = (*link)["link_identifier_value"];
    if (type == v1::IDENTIFIER_TYPE_UNSPECIFIED || !current || guard_.IsAdopted(id) ||
        !guard_.MayShowIdentifier(value)) {
      link->Settle(Fate::kWithheld);
      continue;
    }
    AddIdentifier(type, value, posts.identifiers);
    posts.registration.rows.push_back(link);
  }
}

// Earlier addresses never, the current one where a person has cleared it.
void PostMaker::AddPostcode(ChildPosts& posts) const {
  const std::string& id = (*posts.person)["pers_person_id"];
  Row* current = guard_.MayShowAddress(id) ? CurrentAddress(extract_, id) : nullptr;
  for (Row* row : extract_.Of("ssd_address").By("addr_person_id", id)) {
    if (row != current) row->Settle(Fate::kWithheld);
  }
  if (current == nullptr || (*current)["addr_address_postcode"].empty()) return;
  posts.registration.message.set_postcode((*current)["addr_address_postcode"]);
  posts.registration.rows.push_back(current);
}

}  // namespace ehchub

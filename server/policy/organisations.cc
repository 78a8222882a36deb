#include "server/policy/organisations.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/policy/parties.h"

namespace ehc {
namespace {

using policy_proto::Agreement;
using policy_proto::Clause;
using policy_proto::OrganisationSelector;
using policy_proto::Party;

bool IsAgencyId(absl::string_view id) {
  return !id.empty() && absl::ascii_isalnum(id[0]) && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
  });
}

class OrganisationList {
 public:
  OrganisationList(const Vocabulary& vocabulary, Problems* problems)
      : vocabulary_(vocabulary), problems_(*problems) {}

  void Read(const ParsedVocabulary& file);
  void Check(const ParsedAgreement& parsed) const;
  void CheckStanding(const ParsedVocabulary& file) const;
  bool empty() const { return listed_.empty(); }

 private:
  void Wrong(const Place& place, absl::string_view field, absl::string_view what) const {
    problems_.Add(place, field, what);
  }
  void Describe(const policy_proto::Organisation& organisation, const Located& at);
  void CheckHead(const Agreement& agreement, const Located& root) const;
  void CheckClause(const Agreement& agreement, const Clause& clause, const Located& at) const;
  void CheckNamed(const Agreement& agreement, const std::string& id, const Place& place) const;
  void CheckSelector(const Agreement& agreement, const OrganisationSelector& selector,
                     const Located& at) const;
  bool IsListed(const std::string& id, const Place& place, absl::string_view field) const;
  bool TakesPart(const Agreement& agreement, const std::string& id) const;

  const Vocabulary& vocabulary_;
  Problems& problems_;
  absl::flat_hash_map<std::string, Organisation> listed_;
};

void OrganisationList::Describe(const policy_proto::Organisation& organisation, const Located& at) {
  if (!IsAgencyId(organisation.id())) {
    Wrong(at.PlaceOf(organisation, "id"), "id", "use lower-case letters, digits and hyphens");
  }
  if (organisation.title().empty()) Wrong(at.place(), "title", "left out; say what it is called");
  if (vocabulary_.agency_types.Find(organisation.agency_type()) < 0) {
    Wrong(at.PlaceOf(organisation, "agency_type"), "agency_type",
          absl::StrCat("'", organisation.agency_type(), "' is not in the vocabulary"));
  }
  Organisation entry{AgencyId(organisation.id()), organisation.agency_type(),
                     organisation.region()};
  if (!listed_.emplace(organisation.id(), std::move(entry)).second) {
    Wrong(at.PlaceOf(organisation, "id"), "id",
          absl::StrCat("'", organisation.id(), "' is listed twice; remove one"));
  }
}

void OrganisationList::Read(const ParsedVocabulary& file) {
  const Located root = file.root();
  for (int i = 0; i < file.message.organisation_size(); ++i) {
    Describe(file.message.organisation(i), root.Nested(file.message, "organisation", i));
  }
}

void OrganisationList::CheckStanding(const ParsedVocabulary& file) const {
  const Located root = file.root();
  for (int i = 0; i < file.message.standing_decision_size(); ++i) {
    const policy_proto::StandingDecision& decision = file.message.standing_decision(i);
    const Located at = root.Nested(file.message, "standing_decision", i);
    IsListed(decision.authority(), at.place(), "authority");
    for (const std::string& agency : decision.recipient()) {
      IsListed(agency, at.place(), "recipient");
    }
  }
}

bool OrganisationList::IsListed(const std::string& id, const Place& place,
                                absl::string_view field) const {
  if (listed_.contains(id)) return true;
  Wrong(place, field,
        absl::StrCat("'", id,
                     "' is no organisation that the vocabulary lists; correct it, or add "
                     "it to ",
                     kOrganisationsFile));
  return false;
}

bool OrganisationList::TakesPart(const Agreement& agreement, const std::string& id) const {
  const Organisation& organisation = listed_.find(id)->second;
  return std::any_of(agreement.party().begin(), agreement.party().end(),
                     [&](const Party& party) { return Covers(vocabulary_, party, organisation); });
}

// One that is a party by name is checked where the head names it.
void OrganisationList::CheckNamed(const Agreement& agreement, const std::string& id,
                                  const Place& place) const {
  const bool named = std::any_of(agreement.party().begin(), agreement.party().end(),
                                 [&](const Party& party) { return party.agency() == id; });
  if (named || !IsListed(id, place, "agency") || TakesPart(agreement, id)) return;
  Wrong(place, "agency",
        absl::StrCat("'", id, "' is no party, by name or by type; add a party or correct it"));
}

// Where no party stands by type, the clause's own reading says who is no party.
void OrganisationList::CheckSelector(const Agreement& agreement,
                                     const OrganisationSelector& selector,
                                     const Located& at) const {
  const bool by_type = std::any_of(agreement.party().begin(), agreement.party().end(),
                                   [](const Party& party) { return party.agency().empty(); });
  if (!by_type || selector.agency().empty() || selector.agency() == "ANY") return;
  CheckNamed(agreement, selector.agency(), at.PlaceOf(selector, "agency"));
}

void OrganisationList::CheckClause(const Agreement& agreement, const Clause& clause,
                                   const Located& at) const {
  for (int i = 0; i < clause.recipient_size(); ++i) {
    CheckSelector(agreement, clause.recipient(i), at.Nested(clause, "recipient", i));
  }
  for (int i = 0; i < clause.supplier_size(); ++i) {
    CheckSelector(agreement, clause.supplier(i), at.Nested(clause, "supplier", i));
  }
}

void OrganisationList::CheckHead(const Agreement& agreement, const Located& root) const {
  for (int i = 0; i < agreement.party_size(); ++i) {
    const Party& party = agreement.party(i);
    if (party.agency().empty()) continue;
    IsListed(party.agency(), root.Nested(agreement, "party", i).PlaceOf(party, "agency"), "agency");
  }
  for (int i = 0; i < agreement.group_size(); ++i) {
    const policy_proto::Group& group = agreement.group(i);
    const Located at = root.Nested(agreement, "group", i);
    for (int j = 0; j < group.agency_size(); ++j) {
      CheckNamed(agreement, group.agency(j), at.PlaceOf(group, "agency", j));
    }
  }
  for (int i = 0; i < agreement.onward_recipient_size(); ++i) {
    IsListed(agreement.onward_recipient(i), root.PlaceOf(agreement, "onward_recipient", i),
             "onward_recipient");
  }
}

void OrganisationList::Check(const ParsedAgreement& parsed) const {
  const Agreement& agreement = parsed.message;
  const Located root = parsed.root();
  CheckHead(agreement, root);
  for (int i = 0; i < agreement.clause_size(); ++i) {
    CheckClause(agreement, agreement.clause(i), root.Nested(agreement, "clause", i));
  }
}

}  // namespace

void CheckOrganisations(const PolicyDocument& document, const Vocabulary& vocabulary,
                        Problems* problems) {
  OrganisationList list(vocabulary, problems);
  for (const ParsedVocabulary& file : document.vocabularies) list.Read(file);
  if (list.empty()) return;
  for (const ParsedVocabulary& file : document.vocabularies) list.CheckStanding(file);
  for (const ParsedAgreement& parsed : document.agreements) list.Check(parsed);
}

}  // namespace ehc

#include "server/policy/agreements.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/base/encoding.h"
#include "server/model/date.h"

namespace ehc {
namespace {

using policy_proto::Agreement;
using policy_proto::Party;

class HeadReader {
 public:
  HeadReader(const LoadOptions& options, CompiledPolicy* policy, Problems* problems)
      : options_(options), policy_(*policy), problems_(problems) {}

  void Run(std::vector<AgreementSummary>* summaries);

 private:
  void ReadIds();
  AgreementSummary Read(const ParsedAgreement& parsed);
  void ReadDates(const ParsedAgreement& parsed, AgreementSummary* summary);
  void ReadParties(const ParsedAgreement& parsed, AgreementSummary* summary);
  void CheckParty(const Party& party, const Located& at);
  void ReadSignatures(const ParsedAgreement& parsed, AgreementSummary* summary);
  void CheckStatements(const ParsedAgreement& parsed);
  void ReadSuspension(const ParsedAgreement& parsed, AgreementSummary* summary);
  CompiledAgreement CompileHead(const AgreementSummary& summary);
  void LinkLineage(size_t number);
  void CheckSupersession(const std::vector<AgreementSummary>& summaries);
  void Wrong(const Place& place, absl::string_view field, absl::string_view what) {
    problems_->Add(place, field, what);
  }

  const LoadOptions& options_;
  CompiledPolicy& policy_;
  Problems* problems_;
  absl::flat_hash_map<std::string, size_t> numbers_;
};

void HeadReader::ReadIds() {
  const auto& files = policy_.document.agreements;
  for (size_t i = 0; i < files.size(); ++i) {
    const std::string& id = files[i].message.id();
    const Place place = files[i].root().PlaceOf(files[i].message, "id");
    if (id.empty()) Wrong(place, "id", "left out; give the agreement the name of its file");
    if (files[i].path != absl::StrCat("agreements/", id, ".textproto")) {
      Wrong(place, "id", absl::StrCat("'", id, "' is not the file's name; make them the same"));
    }
    if (!numbers_.emplace(id, i).second) {
      Wrong(place, "id",
            absl::StrCat("'", id, "' stands in ", files[numbers_[id]].path, " already"));
    }
    policy_.agreement_names.Add(id);
  }
}

void HeadReader::ReadDates(const ParsedAgreement& parsed, AgreementSummary* summary) {
  const Agreement& agreement = parsed.message;
  const Located at = parsed.root();
  const auto needed = [&](const std::string& text, absl::string_view field, bool end_of_day) {
    if (text.empty()) Wrong(at.PlaceOf(agreement, field), field, "left out; write YYYY-MM-DD");
    return LondonInstant(text, end_of_day, absl::UnixEpoch(), at.PlaceOf(agreement, field), field,
                         problems_);
  };
  summary->from = needed(agreement.valid_from(), "valid_from", false);
  summary->until = needed(agreement.valid_until(), "valid_until", true);
  summary->review_due = LondonDate(needed(agreement.review_due(), "review_due", false));
  if (summary->from >= summary->until) {
    Wrong(at.PlaceOf(agreement, "valid_until"), "valid_until", "before valid_from; correct one");
  }
}

void HeadReader::CheckParty(const Party& party, const Located& at) {
  if (party.agency().empty() == party.agency_type().empty()) {
    Wrong(at.place(), "party", "say either agency or agency_type");
  }
  if (!party.agency_type().empty() &&
      policy_.vocabulary.agency_types.Find(party.agency_type()) < 0) {
    Wrong(at.PlaceOf(party, "agency_type"), "agency_type",
          absl::StrCat("'", party.agency_type(), "' is not in the vocabulary"));
  }
  if (party.unit().empty()) Wrong(at.place(), "unit", "left out; write ANY if all take part");
  if (party.controller_role() == policy_proto::CONTROLLER_ROLE_UNSPECIFIED) {
    Wrong(at.place(), "controller_role", "left out; say what the party is in law");
  }
  if (party.custodian() && party.agency_type().empty() && party.signatory().empty()) {
    Wrong(at.place(), "signatory", "left out; a custodian signs: say by which office");
  }
  if (!party.custodian() && !party.searcher()) {
    Wrong(at.place(), "party", "neither custodian nor searcher; say what it does");
  }
}

void HeadReader::ReadParties(const ParsedAgreement& parsed, AgreementSummary* summary) {
  const Agreement& agreement = parsed.message;
  for (int i = 0; i < agreement.party_size(); ++i) {
    const Party& party = agreement.party(i);
    CheckParty(party, parsed.root().Nested(agreement, "party", i));
    if (party.custodian() && !party.agency().empty()) {
      summary->suppliers.emplace_back(party.agency());
    }
  }
  if (agreement.party_size() < 2 && agreement.tier() != policy_proto::TIER_CHARTER) {
    Wrong(parsed.root().place(), "party", "an agreement has at least two parties");
  }
}

void HeadReader::CheckStatements(const ParsedAgreement& parsed) {
  const Agreement& agreement = parsed.message;
  const Place place = parsed.root().place();
  const auto said = [&](bool present, absl::string_view field) {
    if (!present) Wrong(place, field, "left out");
  };
  said(!agreement.version().empty(), "version");
  said(!agreement.title().empty(), "title");
  said(agreement.tier() != policy_proto::TIER_UNSPECIFIED, "tier");
  said(!agreement.purpose().empty(), "purpose");
  said(!agreement.dpia_reference().empty(), "dpia_reference");
  said(!agreement.retention().empty(), "retention");
  said(agreement.onward_sharing() != policy_proto::ONWARD_SHARING_UNSPECIFIED, "onward_sharing");
  said(agreement.has_rights_contact(), "rights_contact");
  said(agreement.has_breach_contact(), "breach_contact");
  for (int i = 0; i < agreement.purpose_size(); ++i) {
    if (policy_.vocabulary.purposes.Find(agreement.purpose(i)) >= 0) continue;
    Wrong(parsed.root().PlaceOf(agreement, "purpose", i), "purpose",
          absl::StrCat("'", agreement.purpose(i), "' is not in the vocabulary"));
  }
}

void HeadReader::ReadSignatures(const ParsedAgreement& parsed, AgreementSummary* summary) {
  const Agreement& agreement = parsed.message;
  summary->digest = AgreementDigest(agreement);
  for (const policy_proto::Signature& signature : agreement.signature()) {
    // A signature that no longer fits the text does not stop a load: it does not count.
    if (signature.digest() != summary->digest || options_.verifier == nullptr) continue;
    const AgencyId agency(signature.agency());
    const absl::StatusOr<std::string> value = Base64Decode(signature.value());
    if (!value.ok()) continue;
    if (options_.verifier->Verify(agency, signature.key_id(), signature.digest(), *value).ok()) {
      summary->signed_by.push_back(agency);
    }
  }
}

void HeadReader::ReadSuspension(const ParsedAgreement& parsed, AgreementSummary* summary) {
  if (!parsed.message.has_suspension()) return;
  summary->suspended = true;
  summary->suspension_reason = parsed.message.suspension().reason();
  if (summary->suspension_reason.empty()) {
    Wrong(parsed.root().PlaceOf(parsed.message, "suspension"), "reason", "left out; say why");
  }
}

AgreementSummary HeadReader::Read(const ParsedAgreement& parsed) {
  AgreementSummary summary;
  summary.id = AgreementId(parsed.message.id());
  summary.version = parsed.message.version();
  summary.title = parsed.message.title();
  summary.parent = AgreementId(parsed.message.parent_id());
  summary.file = parsed.path;
  summary.line = parsed.root().PlaceOf(parsed.message, "id").line;
  ReadDates(parsed, &summary);
  ReadParties(parsed, &summary);
  CheckStatements(parsed);
  ReadSuspension(parsed, &summary);
  ReadSignatures(parsed, &summary);
  return summary;
}

CompiledAgreement HeadReader::CompileHead(const AgreementSummary& summary) {
  CompiledAgreement agreement;
  agreement.id = summary.id;
  agreement.from = absl::ToUnixNanos(summary.from);
  agreement.until = absl::ToUnixNanos(summary.until);
  agreement.suspended = summary.suspended;
  agreement.all_signed = !options_.require_signatures;
  for (const AgencyId& agency : summary.signed_by) {
    agreement.signed_by.push_back(policy_.agencies.Add(agency.value()));
  }
  std::sort(agreement.signed_by.begin(), agreement.signed_by.end());
  return agreement;
}

void HeadReader::LinkLineage(size_t number) {
  const auto& files = policy_.document.agreements;
  auto& lineage = policy_.agreements[number].lineage;
  for (size_t at = number;;) {
    const ParsedAgreement& parsed = files[at];
    if (std::find(lineage.begin(), lineage.end(), at) != lineage.end()) {
      Wrong(parsed.root().PlaceOf(parsed.message, "parent_id"), "parent_id",
            "the agreement stands above itself; break the circle");
      return;
    }
    lineage.push_back(static_cast<uint32_t>(at));
    if (parsed.message.parent_id().empty()) return;
    const auto parent = numbers_.find(parsed.message.parent_id());
    if (parent == numbers_.end()) {
      Wrong(parsed.root().PlaceOf(parsed.message, "parent_id"), "parent_id",
            absl::StrCat("there is no agreement '", parsed.message.parent_id(), "'"));
      return;
    }
    at = parent->second;
  }
}

void HeadReader::CheckSupersession(const std::vector<AgreementSummary>& summaries) {
  const auto& files = policy_.document.agreements;
  for (size_t i = 0; i < files.size(); ++i) {
    const Agreement& agreement = files[i].message;
    for (int j = 0; j < agreement.supersedes_size(); ++j) {
      const Place place = files[i].root().PlaceOf(agreement, "supersedes", j);
      const auto old = numbers_.find(agreement.supersedes(j));
      if (old == numbers_.end()) {
        Wrong(place, "supersedes",
              absl::StrCat("there is no agreement '", agreement.supersedes(j), "'"));
      } else if (summaries[old->second].until > summaries[i].from) {
        Wrong(place, "supersedes",
              absl::StrCat("'", agreement.supersedes(j),
                           "' is still in force when this one begins; end it the day before"));
      }
    }
  }
}

void HeadReader::Run(std::vector<AgreementSummary>* summaries) {
  ReadIds();
  for (const ParsedAgreement& parsed : policy_.document.agreements) {
    summaries->push_back(Read(parsed));
    policy_.agreements.push_back(CompileHead(summaries->back()));
  }
  for (size_t i = 0; i < policy_.agreements.size(); ++i) LinkLineage(i);
  CheckSupersession(*summaries);
}

}  // namespace

void ReadAgreements(const LoadOptions& options, CompiledPolicy* policy,
                    std::vector<AgreementSummary>* summaries, Problems* problems) {
  HeadReader(options, policy, problems).Run(summaries);
}

}  // namespace ehc

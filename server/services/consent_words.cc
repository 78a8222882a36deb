#include "server/services/consent_words.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/status_macros.h"
#include "server/pipeline/desk.h"
#include "server/policy/snapshot.h"

namespace ehc {
namespace {

using hub::v1::Consent;
using hub::v1::DecisionMaker;

absl::string_view StateInWords(hub::v1::ConsentState state) {
  switch (state) {
    case hub::v1::CONSENT_STATE_GIVEN: return "Consent was given.";
    case hub::v1::CONSENT_STATE_REFUSED: return "Consent was refused.";
    case hub::v1::CONSENT_STATE_WITHDRAWN: return "Consent was withdrawn.";
    case hub::v1::CONSENT_STATE_NOT_ASKED: return "Nobody has been asked yet.";
    default: return "Consent is not in force.";
  }
}

absl::string_view WhoInWords(const DecisionMaker& by) {
  switch (by.role()) {
    case hub::v1::DECISION_MAKER_ROLE_CHILD: return "the child";
    case hub::v1::DECISION_MAKER_ROLE_PARENT: return "a parent";
    case hub::v1::DECISION_MAKER_ROLE_YOUNG_PERSON: return "the young person";
    case hub::v1::DECISION_MAKER_ROLE_REPRESENTATIVE: return "the young person's representative";
    case hub::v1::DECISION_MAKER_ROLE_LOCAL_AUTHORITY: return "an authority under a care order";
    default: return "nobody";
  }
}

absl::string_view RightInWords(const DecisionMaker& by) {
  switch (by.capacity_basis()) {
    case hub::v1::CAPACITY_BASIS_GILLICK_COMPETENCE:
      return ", who was assessed as understanding enough to decide";
    case hub::v1::CAPACITY_BASIS_PARENTAL_RESPONSIBILITY: return ", with parental responsibility";
    case hub::v1::CAPACITY_BASIS_OVER_COMPULSORY_SCHOOL_AGE: return ", over compulsory school age";
    case hub::v1::CAPACITY_BASIS_REPRESENTATION: return ", because the young person lacks capacity";
    case hub::v1::CAPACITY_BASIS_PARENT_OF_INCAPACITATED:
      return ", because the young person lacks capacity and has no representative";
    case hub::v1::CAPACITY_BASIS_ASSENT: return ", beside a carer";
    default: return "";
  }
}

absl::string_view ChannelInWords(hub::v1::ConsentChannel channel) {
  switch (channel) {
    case hub::v1::CONSENT_CHANNEL_IN_PERSON: return "in person";
    case hub::v1::CONSENT_CHANNEL_TELEPHONE: return "by telephone";
    case hub::v1::CONSENT_CHANNEL_WRITTEN: return "in writing";
    case hub::v1::CONSENT_CHANNEL_ONLINE: return "on line";
    case hub::v1::CONSENT_CHANNEL_SUPPORTED: return "with support";
    default: return "in a way that was not recorded";
  }
}

std::string Until(const Consent& consent) {
  if (!consent.has_expires_at()) return "Until: it does not lapse by itself.";
  return absl::StrCat("Until: ", DayInWords(FromTimestamp(consent.expires_at())), ".");
}

std::string RecordedBy(const store::v1::ConsentItem& item, const std::string& name,
                       const ConsentWords& words) {
  const absl::Time at = FromTimestamp(item.written().recorded_at());
  return absl::StrCat("Recorded: ", DayInWords(at), ", ", absl::FormatTime("%H:%M", at, London()),
                      " (London), by ", words.Agency(item.value().recorded_by()), ", unit ",
                      item.origin().unit(), ", ", words.Role(item.written().role()), ", as ", name,
                      ", revision ", item.origin().revision(), ".");
}

}  // namespace

absl::StatusOr<ConsentWords> ConsentWords::Create(const CaseFile& file, ReadView& view) {
  ConsentWords words(PolicyOf(file));
  EHC_ASSIGN_OR_RETURN(const std::vector<hub::v1::Agency> agencies, view.ListAgencies());
  for (const hub::v1::Agency& agency : agencies) {
    words.agencies_[agency.name()] = agency.display_name();
  }
  return words;
}

std::string ConsentWords::Agency(const std::string& name) const {
  const auto found = agencies_.find(name);
  return found == agencies_.end() ? name : absl::StrCat(found->second, " (", name, ")");
}

std::string ConsentWords::Agencies(
    const google::protobuf::RepeatedPtrField<std::string>& names) const {
  return absl::StrJoin(names, "; ", [&](std::string* out, const std::string& name) {
    absl::StrAppend(out, Agency(name));
  });
}

std::string ConsentWords::Purpose(const std::string& code) const {
  const PurposeTerms* terms = policy_.FindPurpose(code);
  return terms == nullptr ? code : terms->title;
}

std::string ConsentWords::Role(const std::string& code) const {
  const std::string title = policy_.RoleTitle(code);
  return title.empty() ? code : title;
}

std::string ConsentWords::Parts(const std::string& record_type,
                                const std::vector<std::string>& parts) const {
  const RecordSchema* schema = policy_.FindSchema(record_type);
  if (schema == nullptr) return absl::StrCat(record_type, ": ", absl::StrJoin(parts, ", "));
  return absl::StrCat(schema->title, ": ",
                      absl::StrJoin(parts, ", ", [&](std::string* out, const std::string& part) {
                        const int index = schema->IndexOf(part);
                        absl::StrAppend(out, part);
                        if (index >= 0) absl::StrAppend(out, " (", schema->parts[index].title, ")");
                      }));
}

std::string DayInWords(absl::Time time) {
  return absl::StrCat(LondonDate(time).day(), " ", absl::FormatTime("%B %Y", time, London()));
}

std::string StatementOf(const store::v1::ConsentItem& item, const std::string& name,
                        const ConsentWords& words) {
  const Consent& consent = item.value();
  std::vector<std::string> lines;
  lines.emplace_back(StateInWords(consent.state()));
  if (consent.has_decision_maker()) {
    lines.push_back(absl::StrCat("Decided by: ", WhoInWords(consent.decision_maker()),
                                 RightInWords(consent.decision_maker()), "."));
  }
  if (consent.has_withdrawn_at()) {
    lines.push_back(absl::StrCat("Withdrawn: ", DayInWords(FromTimestamp(consent.withdrawn_at())),
                                 ", by ", WhoInWords(consent.withdrawn_by()), "."));
  }
  lines.push_back(absl::StrCat("Who may receive: ", words.Agencies(consent.recipients()), "."));
  lines.push_back(absl::StrCat("For: ",
                               absl::StrJoin(consent.purposes(), "; ",
                                             [&](std::string* out, const auto& code) {
                                               absl::StrAppend(out, words.Purpose(code));
                                             }),
                               "."));
  for (const hub::v1::ConsentScope& scope : consent.scopes()) {
    lines.push_back(absl::StrCat(
        "Of the ", words.Parts(scope.record_type(), {scope.parts().begin(), scope.parts().end()}),
        "."));
  }
  if (!consent.approval_reference().empty()) {
    lines.push_back(absl::StrCat("Under approval: ", consent.approval_reference(), "."));
  }
  lines.push_back(absl::StrCat("Said: ", DayInWords(FromTimestamp(consent.given_at())), ", ",
                               ChannelInWords(consent.channel()), "."));
  if (!consent.notice_version().empty()) {
    lines.push_back(absl::StrCat("Privacy notice explained: ", consent.notice_version(), "."));
  }
  lines.push_back(Until(consent));
  lines.push_back(RecordedBy(item, name, words));
  lines.emplace_back(
      "Consent can be withdrawn at any time. That stops what would follow; what was disclosed "
      "before "
      "is not undone, and whoever received it is told. What the law requires does not wait for "
      "consent.");
  return absl::StrJoin(lines, "\n");
}

std::string SentenceOf(const hub::v1::ConsentEffect& effect, const ConsentWords& words) {
  const auto parts = [&](const auto& codes) {
    return words.Parts(effect.record_type(), {codes.begin(), codes.end()});
  };
  const std::string who = words.Agency(effect.recipient());
  const std::string what_for = words.Purpose(effect.purpose());
  std::string sentence;
  if (effect.opened_parts().empty()) {
    sentence = absl::StrCat("For ", what_for, " this would open nothing to ", who, ".");
  } else {
    const std::string roles = absl::StrJoin(
        effect.roles(), ", ",
        [&](std::string* out, const std::string& role) { absl::StrAppend(out, words.Role(role)); });
    sentence = absl::StrCat("At ", who, " (", roles, ") people could read, for ", what_for,
                            ", of the ", parts(effect.opened_parts()));
    absl::StrAppend(&sentence,
                    effect.has_until()
                        ? absl::StrCat(", until ", DayInWords(FromTimestamp(effect.until())), ".")
                        : ".");
  }
  if (!effect.open_anyway_parts().empty()) {
    absl::StrAppend(&sentence, " They could read without it: ", parts(effect.open_anyway_parts()),
                    ".");
  }
  if (!effect.closed_parts().empty()) {
    absl::StrAppend(&sentence, " It would not open: ", parts(effect.closed_parts()), ".");
  }
  return sentence;
}

}  // namespace ehc

// The merged vocabulary: every code that an agreement or a request may use, numbered.
#ifndef EHC_SERVER_POLICY_VOCABULARY_H_
#define EHC_SERVER_POLICY_VOCABULARY_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/model/deadline.h"
#include "server/model/purpose.h"
#include "server/model/record.h"
#include "server/model/retention.h"
#include "server/model/use_limit.h"
#include "server/policy/agency_rules.h"
#include "server/policy/document.h"

namespace ehc {

struct TermInfo {
  std::string code;
  std::string title;
  std::string description;
  std::vector<std::string> synonyms;
  int parent = -1;
  absl::Time from = absl::InfinitePast();
  absl::Time until = absl::InfiniteFuture();  // exclusive
  bool switched_off = false;
  Place place;

  bool EffectiveAt(absl::Time now) const { return !switched_off && from <= now && now < until; }
};

// One list of codes with its hierarchy. Numbers count from 0 in the files' order.
class TermList {
 public:
  int Find(absl::string_view code) const;  // also by a synonym; -1: no such code
  const TermInfo& operator[](int number) const { return terms_[number]; }
  int size() const { return static_cast<int>(terms_.size()); }
  // `number` and every code below it, ascending.
  std::vector<int> WithNarrower(int number) const;

 private:
  friend class VocabularyBuilder;
  std::vector<TermInfo> terms_;
  absl::flat_hash_map<std::string, int> numbers_;  // of codes and synonyms
};

struct PurposeInfo {
  uint64_t lawful_bases = 0;  // bits of lawful_bases' numbers
  bool statutory = false;
  PurposeTerms terms;
  bool safeguarding = false;  // as the file says; see AgencyRules::safeguarding_purposes
};

// What an authority decided for every child.
struct StandingInfo {
  std::string id;
  std::string title;
  std::string reason;
  std::string authority;
  std::string decided_by_role;
  int gateway = -1;
  std::vector<std::string> recipients;  // sorted; empty: of every agency
  std::vector<bool> roles;              // by number
  std::vector<bool> purposes;
  int record_type = -1;
  PartMask parts = 0;
  absl::Time from;
  absl::Time until;  // exclusive
  Place place;
};

struct GatewayInfo {
  policy_proto::HumanDecision human_decision = policy_proto::HUMAN_DECISION_NOT_NEEDED;
  uint32_t statements = 0;  // bits of policy_proto::Statement
  bool is_consent = false;
};

struct RecordTypeInfo {
  RecordSchema schema;          // without parts: a group of other types
  PartMask location_parts = 0;  // parts that reveal where the child is
  bool needs_gateway = false;
  bool status_only = false;
};

struct ObligationTermInfo {
  bool needs_detail = false;
  bool required_for_break_glass = false;
  std::vector<std::string> clashes_with;
};

struct AllowanceInfo {
  std::vector<bool> agency_types;  // by number; empty: any
  std::vector<bool> unit_kinds;
  std::vector<bool> roles;
  bool unattended = false;
};

struct ActionInfo {
  TermInfo term;
  std::vector<AllowanceInfo> allowances;
  bool before_go_live = false;
  bool two_people = false;
};

struct ClockInfo {
  TermInfo term;
  DeadlineRule rule;
};

struct AreaSuccessionInfo {
  std::string area;
  std::vector<std::string> successors;
  absl::Time from;
};

struct RetentionRuleInfo {
  TermInfo term;
  RetentionRule rule;
  std::vector<int> record_types;        // numbers of record_types, with those below them
  std::vector<bool> agency_types;       // by number; empty: any
  std::vector<std::string> custodians;  // ids; empty: any
};

struct UseLimitInfo {
  TermInfo term;
  UseLimit limit;
};

// Immutable once built.
struct Vocabulary {
  static constexpr int kMaxRoles = 256;
  static constexpr int kMaxBits = 64;

  TermList agency_types;
  TermList unit_kinds;
  TermList roles;
  TermList purposes;
  TermList lawful_bases;
  TermList special_bases;
  TermList gateways;
  TermList record_types;
  TermList obligations;
  TermList flags;
  std::vector<PurposeInfo> purpose_info;
  std::vector<bool> basis_is_consent;
  std::vector<GatewayInfo> gateway_info;
  std::vector<RecordTypeInfo> record_info;
  std::vector<ObligationTermInfo> obligation_info;
  std::vector<uint32_t> flag_bits;  // ProtectionBit of each flag
  std::map<std::string, ActionInfo> actions;
  std::map<std::string, ClockInfo> clocks;
  std::map<std::string, AreaSuccessionInfo> area_successions;  // by area

  // The areas named and those that have come in their place, of these again, sorted. Nobody is
  // enrolled for a successor before its authority is there, so that naming one early opens nothing.
  std::vector<std::string> WithSuccessors(std::vector<std::string> areas) const;
  std::vector<StandingInfo> standing_decisions;
  AgencyRules agency_rules;
  std::vector<RetentionRuleInfo> retention_rules;
  std::vector<UseLimitInfo> use_limits;
  std::vector<policy_proto::Pathway> pathways;  // checked; by id and version

  // Merges the files. What is wrong goes to `problems`; the result is then not to be used.
  static Vocabulary Build(const std::vector<ParsedVocabulary>& files, Problems* problems);
};

// YYYY-MM-DD as the first instant of the day in London (`end_of_day`: of the next day). Empty text
// gives `otherwise`. A bad date goes to `problems` and gives `otherwise`.
absl::Time LondonInstant(const std::string& text, bool end_of_day, absl::Time otherwise,
                         const Place& place, absl::string_view field, Problems* problems);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_VOCABULARY_H_

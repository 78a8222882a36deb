// ehc-bench-peers [--clauses N] [--requests N] [--seed N]: generated clauses and requests as JSON,
// with the engine's answers and its pace, for the peers that tests/bench/peers/run asks the same.
//
// Words are written out with everything below them, so that a peer compares plain strings. A clause
// with something that the peers' translation does not know is refused, never dropped.
#include <google/protobuf/text_format.h>
#include <time.h>

#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ehc/policy/v1/agreement.pb.h"
#include "server/policy/compiled.h"
#include "server/policy/engine.h"
#include "server/policy/generate.h"

namespace ehc {
namespace {

using nlohmann::json;
namespace pb = policy::v1;

[[noreturn]] void Refuse(const std::string& clause, absl::string_view what) {
  std::cerr << clause << ": " << what << " is not translated for the peers; see export.cc\n";
  std::exit(1);
}

// The codes that `codes` cover; null: every code.
template <typename Codes>
json Covered(const Codes& codes, const TermList& words) {
  std::set<std::string> covered;
  for (const std::string& code : codes) {
    if (code == "ANY") return nullptr;
    for (int number : words.WithNarrower(words.Find(code))) covered.insert(words[number].code);
  }
  return covered;
}

// Left out of a clause means that it does not matter, for grounds.
template <typename Codes>
json Ground(const Codes& codes, const TermList& words) {
  return codes.empty() ? json(nullptr) : Covered(codes, words);
}

json Organisation(const std::string& clause, const pb::OrganisationSelector& selector,
                  const Vocabulary& words) {
  if (selector.has_group()) Refuse(clause, "a group");
  json side = {{"agency", nullptr}, {"types", nullptr}, {"regions", nullptr}, {"units", nullptr}};
  if (selector.has_agency() && selector.agency() != "ANY") side["agency"] = selector.agency();
  if (selector.has_agency_type()) {
    side["types"] = Covered(std::vector<std::string>{selector.agency_type()}, words.agency_types);
  }
  if (!selector.region().empty() && selector.region(0) != "ANY") {
    side["regions"] = std::vector<std::string>(selector.region().begin(), selector.region().end());
  }
  if (selector.unit(0) != "ANY") {
    side["units"] = std::vector<std::string>(selector.unit().begin(), selector.unit().end());
  }
  return side;
}

json GuardOf(const std::string& clause, const pb::Guard& guard) {
  switch (guard.kind_case()) {
    case pb::Guard::kAge:
      if (guard.age().min_years() != 0) Refuse(clause, "a least age");
      return {{"kind", "age"}, {"max_years", guard.age().max_years()}};
    case pb::Guard::kTraining: return {{"kind", "training"}};
    case pb::Guard::kStrongAuthentication: return {{"kind", "strong_authentication"}};
    case pb::Guard::kStatement:
      if (guard.statement().statement_size() != 1 ||
          guard.statement().statement(0) != pb::STATEMENT_CASE_REFERENCE) {
        Refuse(clause, "this statement");
      }
      return {{"kind", "case_reference"}};
    case pb::Guard::kRelationship:
      if (guard.relationship().holder() != pb::HOLDER_CALLER ||
          guard.relationship().relationship_size() != 1 ||
          guard.relationship().relationship(0) != pb::RELATIONSHIP_ENROLLED) {
        Refuse(clause, "this relationship");
      }
      return {{"kind", "enrolled"}};
    case pb::Guard::kSubjectFlag:
      if (guard.subject_flag().flag_size() != 1 || guard.subject_flag().flag(0) != "POLICE_INTEL") {
        Refuse(clause, "this flag");
      }
      return {{"kind", "police_intelligence"}};
    default: Refuse(clause, "this guard");
  }
}

json ClauseOf(const pb::Agreement& agreement, const pb::Clause& clause, const Vocabulary& words) {
  const std::string id = absl::StrCat(agreement.id(), "/", clause.id());
  if (clause.effect() == pb::EFFECT_REFER) Refuse(id, "REFER");
  if (clause.recipient_size() != 1 || clause.supplier_size() != 1) Refuse(id, "several sides");
  if (clause.has_validity() || clause.has_cohort() || clause.has_break_glass() ||
      clause.unattended() || clause.break_glass_may_override() || !agreement.parent_id().empty()) {
    Refuse(id, "a validity, cohort, emergency, unattended use or parent agreement");
  }
  json guards = json::array();
  for (const pb::Guard& guard : clause.guard()) guards.push_back(GuardOf(id, guard));
  json obligations = json::array();
  for (const pb::ObligationUse& use : clause.obligation()) obligations.push_back(use.code());
  return {{"id", id},
          {"agreement", agreement.id()},
          {"effect", clause.effect() == pb::EFFECT_PERMIT ? "PERMIT" : "FORBID"},
          {"recipient", Organisation(id, clause.recipient(0), words)},
          {"supplier", Organisation(id, clause.supplier(0), words)},
          {"roles", Covered(clause.role(), words.roles)},
          {"purposes", Covered(clause.purpose(), words.purposes)},
          {"bases", Ground(clause.lawful_basis(), words.lawful_bases)},
          {"special", Ground(clause.special_category_basis(), words.special_bases)},
          {"gateways", Ground(clause.gateway(), words.gateways)},
          {"parts", std::vector<std::string>(clause.part().begin(), clause.part().end())},
          {"consent", clause.consent_rule() == pb::CONSENT_RULE_REQUIRED},
          {"guards", guards},
          {"obligations", obligations}};
}

std::vector<std::string> Codes(PartMask parts, const RecordSchema& schema) {
  std::vector<std::string> codes;
  for (size_t i = 0; i < schema.parts.size(); ++i) {
    if ((parts >> i) & 1u) codes.push_back(schema.parts[i].code);
  }
  return codes;
}

int AgeInYears(const Facts& facts) {
  int years = 0;
  const Date born = *facts.date_of_birth;
  while (Date(born.year() + years + 1, born.month(), born.day()) <= facts.today) ++years;
  return years;
}

json RequestOf(const PolicyRequest& request, const Facts& facts, absl::Time now,
               const PolicySnapshot& policy) {
  const RecordSchema& schema = *policy.FindSchema(request.record_type);
  const Decision decision = Decide(request, facts, now, policy);
  std::set<std::string> obligations;
  for (const Obligation& obligation : decision.obligations) {
    obligations.insert(obligation.what->code);
  }
  return {{"agency", request.agency.value()},
          {"agency_type", request.agency_type},
          {"region", request.region},
          {"unit", request.unit.value()},
          {"custodian", request.custodian.value()},
          {"custodian_type", request.custodian_type},
          {"custodian_region", request.custodian_region},
          {"custodian_unit", request.custodian_unit.value()},
          {"role", request.role},
          {"purpose", request.purpose},
          {"basis", request.lawful_basis},
          {"special", request.special_category_basis},
          {"gateway", request.gateway},
          {"agreement", request.agreement.value()},
          {"parts", Codes(request.parts & schema.AllParts(), schema)},
          {"age", AgeInYears(facts)},
          {"consent", facts.consent.given != 0},
          {"enrolled", (facts.caller_relationships & kEnrolled) != 0},
          {"police_intelligence", (facts.protections & kPoliceIntelligence) != 0},
          {"training", *request.training_valid_until > now},
          {"strong_authentication", request.strong_authentication},
          {"case_reference", !request.case_reference.empty()},
          {"expected", {{"parts", Codes(decision.granted, schema)}, {"obligations", obligations}}}};
}

double CpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double DecisionsPerCpuSecond(const GeneratedWork& work, const PolicySnapshot& policy) {
  uint64_t sum = 0;
  double decisions = 0;
  const double start = CpuSeconds();
  while (CpuSeconds() - start < 1.0) {
    for (size_t i = 0; i < work.requests.size(); ++i) {
      sum += Decide(work.requests[i], work.facts[i], work.now, policy).granted;
    }
    decisions += static_cast<double>(work.requests.size());
  }
  if (sum == 0) std::cerr << "nothing was permitted\n";
  return decisions / (CpuSeconds() - start);
}

int Export(int clauses, int requests, uint64_t seed) {
  const auto base = ReadPolicyFolder(EHC_SOURCE_DIR "/policies");
  if (!base.ok()) {
    std::cerr << base.status() << "\n";
    return 1;
  }
  const GeneratedWork work = GenerateWork(*base, clauses, requests, seed);
  const double start = CpuSeconds();
  const auto policy = PolicySnapshot::Compile(work.source, {false, nullptr});
  const double load_ms = (CpuSeconds() - start) * 1e3;
  if (!policy.ok()) {
    std::cerr << policy.status() << "\n";
    return 1;
  }
  json out = {{"clauses", json::array()}, {"requests", json::array()}};
  for (const PolicyFile& file : work.source.files) {
    if (!absl::StartsWith(file.path, "agreements/")) continue;
    pb::Agreement agreement;
    google::protobuf::TextFormat::ParseFromString(file.text, &agreement);
    for (const pb::Clause& clause : agreement.clause()) {
      out["clauses"].push_back(ClauseOf(agreement, clause, (*policy)->compiled().vocabulary));
    }
  }
  for (size_t i = 0; i < work.requests.size(); ++i) {
    out["requests"].push_back(RequestOf(work.requests[i], work.facts[i], work.now, **policy));
  }
  out["engine"] = {{"load_ms", load_ms},
                   {"decisions_per_cpu_second", DecisionsPerCpuSecond(work, **policy)}};
  std::cout << out.dump() << "\n";
  return 0;
}

}  // namespace
}  // namespace ehc

int main(int argc, char** argv) {
  int clauses = 100;
  int requests = 1000;
  uint64_t seed = 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    const long long value = std::strtoll(argv[i + 1], nullptr, 10);
    if (option == "--clauses") clauses = static_cast<int>(value);
    if (option == "--requests") requests = static_cast<int>(value);
    if (option == "--seed") seed = static_cast<uint64_t>(value);
  }
  return ehc::Export(clauses, requests, seed);
}

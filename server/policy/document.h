// Parsed policy files that remember where everything stands.
#ifndef EHC_SERVER_POLICY_DOCUMENT_H_
#define EHC_SERVER_POLICY_DOCUMENT_H_

#include <google/protobuf/text_format.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ehc/policy/v1/agreement.pb.h"
#include "ehc/policy/v1/planning_rules.pb.h"
#include "ehc/policy/v1/policy_case.pb.h"
#include "ehc/policy/v1/scoring.pb.h"
#include "ehc/policy/v1/vocabulary.pb.h"
#include "server/policy/source.h"

namespace ehc {

namespace policy_proto = ::ehc::policy::v1;

// A place in a policy file; lines and columns count from 1, 0 is unknown.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;

  std::string ToString() const;  // "agreements/x.textproto:12:3"
};

// A message inside a parsed file: finds the places of its fields. Cheap to copy; valid as long as
// the document.
class Located {
 public:
  using Tree = google::protobuf::TextFormat::ParseInfoTree;
  Located(const std::string* file, const Tree* tree, int line, int column)
      : file_(file), tree_(tree), line_(line), column_(column) {}

  // Where `field` (its `index`-th value; -1 for a single field) stands, or the message itself where
  // the field is left out.
  Place PlaceOf(const google::protobuf::Message& message, absl::string_view field,
                int index = -1) const;
  Located Nested(const google::protobuf::Message& message, absl::string_view field,
                 int index = -1) const;
  Place place() const { return {*file_, line_, column_}; }

 private:
  const std::string* file_;
  const Tree* tree_;
  int line_;
  int column_;
};

// What is wrong with a policy: each problem says where, which field, and what to do.
class Problems {
 public:
  void Add(const Place& place, absl::string_view field, absl::string_view what);
  bool empty() const { return lines_.empty(); }
  const std::vector<std::string>& lines() const { return lines_; }
  // INVALID_ARGUMENT with one problem a line (the first fifty), or OK.
  absl::Status ToStatus() const;

 private:
  std::vector<std::string> lines_;
};

template <typename Message>
struct ParsedFile {
  std::string path;
  Message message;
  std::unique_ptr<google::protobuf::TextFormat::ParseInfoTree> tree;

  Located root() const { return Located(&path, tree.get(), 1, 1); }
};

using ParsedAgreement = ParsedFile<policy_proto::Agreement>;
using ParsedVocabulary = ParsedFile<policy_proto::Vocabulary>;
using ParsedScoringModel = ParsedFile<policy_proto::ScoringModel>;
using ParsedPlanningRules = ParsedFile<policy_proto::PlanningRules>;

struct PolicyDocument {
  std::vector<ParsedAgreement> agreements;     // by id
  std::vector<ParsedVocabulary> vocabularies;  // by path
  std::vector<ParsedScoringModel> scoring_models;
  std::vector<ParsedPlanningRules> planning_rules;
  // Hexadecimal SHA-256 over the canonical bytes: comments and layout do not change it.
  std::string revision;
};

// Parses every file. The status lists every problem of every file.
absl::StatusOr<PolicyDocument> ParsePolicy(const PolicySource& source);

// One file of cases (cases.h), with its places.
absl::Status ParsePolicyText(const PolicyFile& file, ParsedFile<policy_proto::PolicyCases>* parsed);

// What signatures cover: hexadecimal SHA-256 over the canonical bytes of the agreement without its
// signatures and suspension, clauses by id. Order and layout do not change it.
std::string AgreementDigest(const policy_proto::Agreement& agreement);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_DOCUMENT_H_

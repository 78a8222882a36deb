#ifndef EHC_TESTS_UNIT_CLIENT_SDK_IMPORT_FIXTURE_H_
#define EHC_TESTS_UNIT_CLIENT_SDK_IMPORT_FIXTURE_H_

#include <memory>
#include <string>

#include "client-sdk/cli/import_extract.h"
#include "client-sdk/cli/import_posts.h"
#include "tests/world/tables.h"

namespace ehchub {

// `files` as an importer reads them.
std::unique_ptr<Extract> ReadBack(const ehc::Extract& files);

// One child, P1, born 2015-02-01, with supplement_extract of Bromley, 2026-10-02.
ehc::Extract OneChild();

// Another child with `id` and NHS number.
void AddChild(ehc::Extract& files, const std::string& id, const std::string& nhs);

// The authority's unit `send`, unless told otherwise.
Importer Bromley(const std::string& unit = "send");

// What the importer would publish of P1 (or of `person`).
class Made {
 public:
  explicit Made(const ehc::Extract& files, const Importer& importer = Bromley(),
                const std::string& person = "P1");

  bool any() const { return posts_.has_value(); }
  const ChildPosts& posts() const { return *posts_; }
  // The fate of the first row of a table, once everything published was settled.
  Fate FateOf(const std::string& table) const;
  // "NHS_NUMBER 9434765870", …
  std::vector<std::string> Identifiers() const;

 private:
  std::unique_ptr<Extract> extract_;
  std::optional<ChildPosts> posts_;
};

}  // namespace ehchub

#endif  // EHC_TESTS_UNIT_CLIENT_SDK_IMPORT_FIXTURE_H_

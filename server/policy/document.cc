#include "server/policy/document.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/crypto.h"
#include "server/base/encoding.h"

namespace ehc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;

const FieldDescriptor* FieldOf(const Message& message, absl::string_view name) {
  return message.GetDescriptor()->FindFieldByName(std::string(name));
}

class ErrorCollector final : public google::protobuf::io::ErrorCollector {
 public:
  ErrorCollector(const std::string& path, Problems* problems) : path_(path), problems_(problems) {}

  void AddError(int line, int column, const std::string& message) override {
    problems_->Add({path_, line + 1, column + 1}, "", message);
  }

 private:
  const std::string& path_;
  Problems* problems_;
};

// The length of the well-formed UTF-8 sequence at `at`, or 0.
size_t SequenceLength(absl::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(at);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  }
  const uint8_t second = byte(at + 1);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
      (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) {
    return 0;
  }
  return length;
}

bool CheckUtf8(const PolicyFile& file, Problems* problems) {
  int line = 1;
  size_t line_start = 0;
  for (size_t at = 0; at < file.text.size();) {
    const size_t length = SequenceLength(file.text, at);
    if (length == 0 || file.text[at] == '\0') {
      problems->Add({file.path, line, static_cast<int>(at - line_start) + 1}, "",
                    "not UTF-8 text; save the file as UTF-8");
      return false;
    }
    if (file.text[at] == '\n') {
      ++line;
      line_start = at + 1;
    }
    at += length;
  }
  return true;
}

template <typename T>
bool ParseText(const PolicyFile& file, ParsedFile<T>* parsed, Problems* problems) {
  if (!CheckUtf8(file, problems)) return false;
  parsed->path = file.path;
  parsed->tree = std::make_unique<TextFormat::ParseInfoTree>();
  ErrorCollector errors(file.path, problems);
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  parser.WriteLocationsTo(parsed->tree.get());
  google::protobuf::io::ArrayInputStream input(file.text.data(),
                                               static_cast<int>(file.text.size()));
  return parser.Parse(&input, &parsed->message);
}

void AppendCanonical(const Message& message, std::string* out) {
  google::protobuf::io::StringOutputStream stream(out);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
}

void AddCanonicalFile(const std::string& path, const Message& message, Sha256Hasher* hasher) {
  std::string bytes;
  AppendCanonical(message, &bytes);
  hasher->Update(absl::StrCat(path, "\n", bytes.size(), "\n")).Update(bytes);
}

template <typename T>
void Take(const PolicyFile& file, std::vector<ParsedFile<T>>* files, Problems* problems) {
  ParsedFile<T> parsed;
  if (ParseText(file, &parsed, problems)) files->push_back(std::move(parsed));
}

template <typename T>
void SortByPath(std::vector<ParsedFile<T>>* files) {
  std::sort(files->begin(), files->end(),
            [](const ParsedFile<T>& a, const ParsedFile<T>& b) { return a.path < b.path; });
}

std::string Revision(const PolicyDocument& document) {
  Sha256Hasher hasher;
  hasher.Update("ehc-policy-1\n");
  for (const auto& file : document.agreements) AddCanonicalFile(file.path, file.message, &hasher);
  for (const auto& file : document.vocabularies) AddCanonicalFile(file.path, file.message, &hasher);
  for (const auto& file : document.scoring_models) {
    AddCanonicalFile(file.path, file.message, &hasher);
  }
  for (const auto& file : document.planning_rules) {
    AddCanonicalFile(file.path, file.message, &hasher);
  }
  return HexEncode(DigestView(hasher.Finish()));
}

}  // namespace

std::string Place::ToString() const { return absl::StrCat(file, ":", line, ":", column); }

Place Located::PlaceOf(const Message& message, absl::string_view field, int index) const {
  const FieldDescriptor* descriptor = FieldOf(message, field);
  if (tree_ == nullptr || descriptor == nullptr) return place();
  index = descriptor->is_repeated() ? std::max(index, 0) : -1;
  const TextFormat::ParseLocation at = tree_->GetLocation(descriptor, index);
  if (at.line < 0) return place();
  return {*file_, at.line + 1, at.column + 1};
}

Located Located::Nested(const Message& message, absl::string_view field, int index) const {
  const FieldDescriptor* descriptor = FieldOf(message, field);
  const Place at = PlaceOf(message, field, index);
  if (tree_ == nullptr || descriptor == nullptr) return *this;
  index = descriptor->is_repeated() ? std::max(index, 0) : -1;
  return Located(file_, tree_->GetTreeForNested(descriptor, index), at.line, at.column);
}

void Problems::Add(const Place& place, absl::string_view field, absl::string_view what) {
  lines_.push_back(absl::StrCat(place.ToString(), ": ", field, field.empty() ? "" : ": ", what));
}

absl::Status Problems::ToStatus() const {
  constexpr size_t kShown = 50;
  if (lines_.empty()) return absl::OkStatus();
  if (lines_.size() <= kShown) return absl::InvalidArgumentError(absl::StrJoin(lines_, "\n"));
  return absl::InvalidArgumentError(
      absl::StrCat(absl::StrJoin(lines_.begin(), lines_.begin() + kShown, "\n"), "\nand ",
                   lines_.size() - kShown, " more"));
}

absl::StatusOr<PolicyDocument> ParsePolicy(const PolicySource& source) {
  PolicyDocument document;
  Problems problems;
  for (const PolicyFile& file : source.files) {
    if (absl::StartsWith(file.path, "agreements/")) {
      Take(file, &document.agreements, &problems);
    } else if (absl::StartsWith(file.path, "scoring/")) {
      Take(file, &document.scoring_models, &problems);
    } else if (absl::StartsWith(file.path, "planning/")) {
      Take(file, &document.planning_rules, &problems);
    } else {
      Take(file, &document.vocabularies, &problems);
    }
  }
  if (!problems.empty()) return problems.ToStatus();
  std::sort(document.agreements.begin(), document.agreements.end(),
            [](const ParsedAgreement& a, const ParsedAgreement& b) {
              return a.message.id() < b.message.id();
            });
  SortByPath(&document.vocabularies);
  SortByPath(&document.scoring_models);
  SortByPath(&document.planning_rules);
  document.revision = Revision(document);
  return document;
}

absl::Status ParsePolicyText(const PolicyFile& file,
                             ParsedFile<policy_proto::PolicyCases>* parsed) {
  Problems problems;
  ParseText(file, parsed, &problems);
  return problems.ToStatus();
}

std::string AgreementDigest(const policy_proto::Agreement& agreement) {
  policy_proto::Agreement signed_form = agreement;
  signed_form.clear_signature();
  signed_form.clear_suspension();
  std::sort(
      signed_form.mutable_clause()->begin(), signed_form.mutable_clause()->end(),
      [](const policy_proto::Clause& a, const policy_proto::Clause& b) { return a.id() < b.id(); });
  std::string bytes = "ehc-agreement-1\n";
  AppendCanonical(signed_form, &bytes);
  return HexEncode(DigestView(Sha256(bytes)));
}

}  // namespace ehc

#include "server/services/vocabulary_words.h"

#include "server/policy/compiled.h"

namespace ehc {
namespace {

std::string TitleIn(const TermList& list, absl::string_view code) {
  const int number = list.Find(code);
  const bool titled = number >= 0 && !list[number].title.empty();
  return titled ? list[number].title : std::string(code);
}

}  // namespace

std::vector<std::string> VocabularyWords::RecordTypes() const {
  const TermList& list = policy_.compiled().vocabulary.record_types;
  std::vector<std::string> codes;
  for (int i = 0; i < list.size(); ++i) codes.push_back(list[i].code);
  return codes;
}

std::string VocabularyWords::Role(absl::string_view code) const {
  return TitleIn(policy_.compiled().vocabulary.roles, code);
}

std::string VocabularyWords::Purpose(absl::string_view code) const {
  return TitleIn(policy_.compiled().vocabulary.purposes, code);
}

std::string VocabularyWords::RecordType(absl::string_view code) const {
  return TitleIn(policy_.compiled().vocabulary.record_types, code);
}

std::string VocabularyWords::Part(absl::string_view record_type, absl::string_view code) const {
  const RecordSchema* schema = policy_.FindSchema(record_type);
  const int index = schema == nullptr ? -1 : schema->IndexOf(code);
  if (index < 0 || schema->parts[static_cast<size_t>(index)].title.empty()) {
    return std::string(code);
  }
  return schema->parts[static_cast<size_t>(index)].title;
}

std::string VocabularyWords::Basis(absl::string_view code) const {
  const Vocabulary& words = policy_.compiled().vocabulary;
  for (const TermList* list : {&words.lawful_bases, &words.special_bases, &words.gateways}) {
    if (list->Find(code) >= 0) return TitleIn(*list, code);
  }
  return std::string(code);
}

}  // namespace ehc
